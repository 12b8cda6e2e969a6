/**
 * What MSW's handlers and nock hand over is a request, and there is no place for what follows a WebSocket's
 * handshake. It is refused, so that a replay does not go to the network.
 */
const REFUSED =
  'no WebSocket of a package such as ws is played here: this one was refused, and nothing was sent. Use intercept(vcr) of openai-vcr/msw, the server (openai-vcr serve --tls), or the mode live'

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
