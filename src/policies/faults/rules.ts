import type { RecordedRequest } from '../../cassette/cassette.ts'
import { splitTarget } from '../../http/message.ts'
import { canonicalJson, type Json, parseJson } from '../../json/json.ts'
import { editPath, type PathStep } from '../../json/path.ts'

/**
 * A failure that is rehearsed: what it does, to which requests, and to which of them in their
 * order. It does one thing, and `delay` may stand beside it.
 * @example { when: { model: 'gpt-4o' }, nth: 2, error: 'rate_limit_requests' }
 */
export interface FaultRule {
  /** The requests that it is about; all that hold for a request must. @default every request */
  readonly when?: FaultCondition
  /** Only the nth of them, or those with these numbers, from 1. @default all of them */
  readonly nth?: number | readonly number[]
  /** Only the first so many of them. */
  readonly first?: number
  /** Only each so-manieth of them: 3 is the 3rd, the 6th, the 9th … */
  readonly every?: number
  /** Answer with an error of the API's, by its name in the catalogue. A WebSocket's handshake is refused so. */
  readonly error?: string
  /** Answer with this. A `body` that is no text is sent as JSON. */
  readonly answer?: FaultAnswer
  /** Wait so many ms before the answer begins. */
  readonly delay?: number
  /** Never answer. */
  readonly timeout?: true
  /** Reset the connection before anything is answered. */
  readonly reset?: true
  /** Break the connection behind the nth event, or a WebSocket's nth frame from the server; 0 is behind the head. */
  readonly cut?: { readonly after: number }
  /** Send nothing for so many ms behind the nth event; 0 is behind the head. */
  readonly stall?: { readonly after: number; readonly ms: number }
  /** Send only half of the nth event's, or frame's, data. */
  readonly corrupt?: { readonly event: number }
  /**
   * Send an error in place of the nth event, and end the stream; a WebSocket stays open.
   * @default error: 'server_error'
   */
  readonly errorEvent?: { readonly at: number; readonly error?: string }
  /**
   * Close a WebSocket with this code, behind the nth frame from the server.
   * @default reason: '', after: 0, which is as soon as it is open
   */
  readonly close?: { readonly code: number; readonly reason?: string; readonly after?: number }
}

export interface FaultCondition {
  /**
   * Whether it is about WebSockets, by their handshakes, or about all other requests: never about both.
   * @default false, but true for `close`
   */
  readonly websocket?: boolean
  readonly method?: string
  /** Without the query; `*` stands for any characters. @example '/v1/chat/*' */
  readonly path?: string
  /** `*` stands for any characters. @example 'gpt-4o*' */
  readonly model?: string
  /** JSON paths of the body, each with the value that stands there. @example { '$.stream': true } */
  readonly body?: Readonly<Record<string, Json>>
}

export interface FaultAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Json
}

/** The fields of a rule that say what happens. */
export const FAULT_KINDS = [
  'error',
  'answer',
  'timeout',
  'reset',
  'cut',
  'stall',
  'corrupt',
  'errorEvent',
  'close',
] as const

/** What a fault does. */
export type FaultKind =
  | { readonly kind: 'error'; readonly error: string }
  | { readonly kind: 'answer'; readonly answer: FaultAnswer }
  | { readonly kind: 'timeout' | 'reset' | 'delay' }
  | StreamFault
  | CloseFault

/** Done to an answer on its way. An answer that is no stream is one event. */
export type StreamFault =
  | { readonly kind: 'cut'; readonly after: number }
  | { readonly kind: 'stall'; readonly after: number; readonly ms: number }
  | { readonly kind: 'corrupt'; readonly event: number }
  | { readonly kind: 'errorEvent'; readonly at: number; readonly error: string }

export interface CloseFault {
  readonly kind: 'close'
  readonly code: number
  readonly reason: string
  readonly after: number
}

/** A rule that was read. */
export interface Fault {
  /** Its place in the list, from 1. */
  readonly number: number
  readonly when: ReadCondition
  /** Whether it is the turn of the nth request that it is about. */
  readonly isDue: (nth: number) => boolean
  readonly does: FaultKind
  /** Milliseconds. */
  readonly delay: number
}

export interface ReadCondition {
  readonly websocket: boolean
  readonly method?: string | undefined
  readonly path?: RegExp | undefined
  readonly model?: RegExp | undefined
  readonly body: readonly { readonly steps: readonly PathStep[]; readonly value: Json }[]
}

/**
 * @param by what it came by: a plain request, or a WebSocket's handshake
 * @param askedModel as its API has it
 */
export function isAbout(
  { websocket, method, path, model, body }: ReadCondition,
  request: RecordedRequest,
  by: 'http' | 'socket',
  askedModel: string | undefined,
): boolean {
  if (websocket !== (by === 'socket')) return false
  if (method !== undefined && method !== request.method) return false
  if (path !== undefined && !path.test(splitTarget(request.path).path)) return false
  if (model !== undefined && (askedModel === undefined || !model.test(askedModel))) return false
  const json = body.length === 0 ? null : jsonOf(request)
  return body.every(({ steps, value }) => standsAt(json, steps, value))
}

/** A form counts as an object of its texts. */
function jsonOf({ body }: RecordedRequest): Json {
  if (body.kind === 'json') return parseJson(body.text) ?? null
  if (body.kind !== 'multipart') return null
  const texts = body.parts.flatMap(({ name, content }) =>
    content.kind === 'text' ? [[name, content.text] as const] : [],
  )
  return Object.fromEntries(texts)
}

function standsAt(json: Json, steps: readonly PathStep[], value: Json): boolean {
  const wanted = canonicalJson(value)
  let stands = false
  editPath(json, steps, (found) => {
    stands ||= canonicalJson(found) === wanted
    return found
  })
  return stands
}

/** What a fault does, in words, for the journal. */
export function inWords({ number, when, does, delay }: Fault): string {
  const late = delay > 0 && does.kind !== 'delay' ? `after ${delay} ms, ` : ''
  return `fault ${number}: ${late}${what(does, delay, when.websocket ? 'frame' : 'event')}`
}

function what(does: FaultKind, delay: number, event: 'event' | 'frame'): string {
  switch (does.kind) {
    case 'error':
      return `the error ${does.error}`
    case 'answer':
      return `a custom response with status ${does.answer.status}`
    case 'delay':
      return `a delay of ${delay} ms`
    case 'timeout':
      return 'no response'
    case 'reset':
      return 'a connection reset'
    case 'cut':
      return `the connection cut after ${event} ${does.after}`
    case 'stall':
      return `a stall of ${does.ms} ms after ${event} ${does.after}`
    case 'corrupt':
      return `${event} ${does.event} corrupted`
    case 'errorEvent':
      return `the error ${does.error} in place of ${event} ${does.at}`
    case 'close':
      return `the WebSocket closed with ${does.code}${does.after === 0 ? '' : ` after frame ${does.after}`}`
  }
}
