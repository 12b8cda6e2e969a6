/**
 * MSW's handlers and nock get the handshake as a request, and offer no way to exchange frames after it. It is
 * refused, so that a replay does not reach the network.
 */
const REFUSED =
  'WebSockets of packages such as ws are not supported here: this one was refused, and nothing was sent. Use intercept(vcr) from openai-vcr/intercept, the server (openai-vcr serve --tls), or the mode live'

export function isWebSocket(request: Request): boolean {
  return request.headers.get('upgrade')?.toLowerCase() === 'websocket'
}

export function refuseWebSocket(request: Request): Response {
  warnOfWebSocket(request.url)
  const error = { message: REFUSED, type: 'openai_vcr_error', param: null, code: 'websocket_unsupported' }
  return Response.json({ error }, { status: 501, headers: { 'x-should-retry': 'false' } })
}

/** WebSocket clients often report no more than that the connection failed. */
export function warnOfWebSocket(url: string): void {
  process.emitWarning(`${REFUSED}: ${url}`, 'OpenaiVcrWarning')
}
