import type { IncomingMessage } from 'node:http'
import { percentDecoded } from '../http/message.ts'
import { requestTarget } from '../adapters/http/node.ts'

/** What the URL and the headers of a request to the server address. */
export interface Address {
  /** Undefined for the unnamed session. */
  readonly session: string | undefined
  /** Undefined for the server's own cassette. */
  readonly cassette: string | undefined
  /** Path and query, relative to the upstream. */
  readonly target: string
}

/**
 * Reads `/s/SESSION/c/NAME/v1/…` and its shorter forms. A cassette's name may contain `/`: it ends before
 * the segment with which an API's path begins (`v1`, `openai`, `api`, or an empty one). Without such a
 * segment, the name is one segment. With `%2F` in place of `/` a name is unambiguous.
 * @param exists recognises cassettes by their names, for API paths that begin with another segment
 */
export function readAddress(url: string, headers: NameHeaders, exists: (name: string) => boolean): Address {
  const session = /^\/s\/([^/?]+)(?=[/?]|$)/.exec(url)
  let target = url.slice(session?.[0].length ?? 0)
  let cassette: string | undefined
  if (target.startsWith('/c/')) {
    const split = splitName(target.slice('/c/'.length), exists)
    cassette = split.name
    target = split.target
  }
  return {
    session: headers.session ?? (session?.[1] === undefined ? undefined : percentDecoded(session[1])),
    cassette: headers.cassette ?? cassette,
    target: target.startsWith('/') ? target : `/${target}`,
  }
}

/** The address of a request, and whether it is one of the server's control addresses, which never go upstream. */
export function addressOf(
  req: Pick<IncomingMessage, 'url' | 'headers'>,
  exists: (name: string) => boolean,
): Address & { readonly isControl: boolean } {
  const { headers } = req
  const names = {
    session: headerText(headers['x-vcr-session']),
    cassette: headerText(headers['x-vcr-cassette']),
  }
  const address = readAddress(requestTarget(req), names, exists)
  return { ...address, isControl: /^\/_vcr(?:[/?]|$)/.test(address.target) }
}

/** A header's value; undefined if it is empty. */
function headerText(value: string | string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value[0] : value) || undefined
}

export interface NameHeaders {
  readonly session?: string | undefined
  readonly cassette?: string | undefined
}

function splitName(rest: string, exists: (name: string) => boolean): { name: string; target: string } {
  const mark = rest.indexOf('?')
  const path = mark < 0 ? rest : rest.slice(0, mark)
  const query = mark < 0 ? '' : rest.slice(mark)
  const segments = path.split('/')
  const first = (length: number): string => segments.slice(0, length).map(percentDecoded).join('/')
  const api = segments.findIndex((segment, i) => i > 0 && /^(?:v\d\w*|openai|api|)$/.test(segment))
  let length = api < 0 ? 1 : api
  if (!exists(first(length))) {
    const known = segments.findLastIndex((_, i) => exists(first(i + 1)))
    if (known >= 0) length = known + 1
  }
  return { name: first(length), target: `/${segments.slice(length).join('/')}${query}` }
}
