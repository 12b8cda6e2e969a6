import type { IncomingMessage } from 'node:http'
import { requestTarget } from '../adapters/http/node.ts'

/** Where a request to the server is meant to go. */
export interface Address {
  /** Undefined for the session that has no name. */
  readonly session: string | undefined
  /** Undefined for the server's own cassette. */
  readonly cassette: string | undefined
  /** Path and query as the upstream knows them. */
  readonly target: string
}

/**
 * Reads `/s/SESSION/c/NAME/v1/…` and what is short for it. A cassette's name may contain
 * `/`: it ends before the segment that begins an API's path (`v1`, `openai`, `api`, or an
 * empty one). ListenOptions there is none, it is one segment. `%2F` says it beyond doubt.
 * @param exists tells known cassettes, for paths that begin with a segment of their own
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
    session: headers.session ?? (session?.[1] === undefined ? undefined : decodeSegment(session[1])),
    cassette: headers.cassette ?? cassette,
    target: target.startsWith('/') ? target : `/${target}`,
  }
}

/** Where a request goes by its URL and its headers, and whether that is the server's own and never goes upstream. */
export function addressOf(
  req: Pick<IncomingMessage, 'url' | 'headers'>,
  exists: (name: string) => boolean,
): Address & { readonly isControl: boolean } {
  const { headers } = req
  const names = { session: one(headers['x-vcr-session']), cassette: one(headers['x-vcr-cassette']) }
  const address = readAddress(requestTarget(req), names, exists)
  return { ...address, isControl: /^\/_vcr(?:[/?]|$)/.test(address.target) }
}

/** A header's value; one that is empty names nothing. */
function one(value: string | string[] | undefined): string | undefined {
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
  const first = (length: number): string => segments.slice(0, length).map(decodeSegment).join('/')
  const api = segments.findIndex((segment, i) => i > 0 && /^(?:v\d\w*|openai|api|)$/.test(segment))
  let length = api < 0 ? 1 : api
  if (!exists(first(length))) {
    const known = segments.findLastIndex((_, i) => exists(first(i + 1)))
    if (known >= 0) length = known + 1
  }
  return { name: first(length), target: `/${segments.slice(length).join('/')}${query}` }
}

/** What a path's segment says; as it stands where it says nothing. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
