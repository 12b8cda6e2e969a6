/** What nobody plays yet. */
export const REFUSAL =
  'openai-vcr does not play WebSockets: this connection was refused, and nothing was sent. Use the HTTP API, or the mode live'

/** Of a client that wants a WebSocket: the refusal, told as well because such clients hide it. Undefined for all others. */
export function refuseWebSocket(request: Request): Response | undefined {
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') return undefined
  warnOfWebSocket(request.url)
  const error = {
    message: REFUSAL,
    type: 'openai_vcr_error',
    param: null,
    code: 'websocket_unsupported',
  }
  return Response.json({ error }, { status: 501 })
}

export function warnOfWebSocket(url: string): void {
  process.emitWarning(`${REFUSAL} (${url})`, 'OpenaiVcrWarning')
}
