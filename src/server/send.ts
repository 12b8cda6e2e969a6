import type { ServerResponse } from 'node:http'
import type { HttpResponse } from '../http/message.ts'

/** Sends an answer of the server's own. */
export function send(res: ServerResponse, { status, headers, body }: HttpResponse): void {
  res.writeHead(status, headers.flat()).end(body)
}
