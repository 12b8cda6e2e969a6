/**
 * In a process, only WebSockets of the global class are played. Those of packages are refused, so
 * that a replay does not go to the network.
 */
const REFUSED =
  'openai-vcr plays WebSockets of the global class only, and those of packages such as ws through its server (openai-vcr serve --tls): this one was refused, and nothing was sent. Use one of these, or the mode live'

export function isWebSocket(request: Request): boolean {
  return request.headers.get('upgrade')?.toLowerCase() === 'websocket'
}

export function refuseWebSocket(request: Request): Response {
  warnOfWebSocket(request.url)
  const error = { message: REFUSED, type: 'openai_vcr_error', param: null, code: 'websocket_unsupported' }
  return Response.json({ error }, { status: 501, headers: { 'x-should-retry': 'false' } })
}

/** What its client gets to see is often no more than that it failed. */
export function warnOfWebSocket(url: string): void {
  process.emitWarning(`${REFUSED}: ${url}`, 'OpenaiVcrWarning')
}
