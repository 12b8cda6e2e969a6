import type { ServerResponse } from 'node:http'
import type { HttpResponse } from '../http/message.ts'

/** Sends a response of the server's own, as opposed to a recorded one. */
export function send(res: ServerResponse, { status, headers, body }: HttpResponse): void {
  res.writeHead(status, headers.flat()).end(body)
}
