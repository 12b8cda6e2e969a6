import type { IncomingMessage } from 'node:http'

/** A request's path and query. A client that takes the server for a proxy sends a whole URL, whose host is not ours. */
export function targetOf({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  const target = url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '')
  return target.startsWith('/') ? target : `/${target}`
}

/** Whether it asks what a server can do as a whole, `OPTIONS *`: that is no request to an API. */
export function asksOfServer({ method, url }: IncomingMessage): boolean {
  return method === 'OPTIONS' && url === '*'
}
