import type { RecordedRequest } from '../../cassette/cassette.ts'
import { splitTarget } from '../../http/message.ts'
import { canonicalJson, type Json, parseJson } from '../../json/json.ts'
import { editPath, type PathStep } from '../../json/path.ts'

/**
 * A simulated failure: which requests it happens to, and what happens. A rule has one effect, and may have a
 * `delay` as well.
 * @example { when: { model: 'gpt-4o' }, nth: 2, error: 'rate_limit_requests' }
 */
export type FaultRule = FaultSelection & FaultEffect

/** Which requests a fault happens to. */
export interface FaultSelection {
  /** Conditions, which must all hold. @default every request */
  readonly when?: FaultCondition
  /** Only the nth matching request, or the ones with these numbers, from 1. @default all of them */
  readonly nth?: number | readonly number[]
  /** Only the first n matching requests. */
  readonly first?: number
  /** Only every nth matching request: 3 means the 3rd, the 6th, the 9th … */
  readonly every?: number
}

/** What happens to a request. */
export interface FaultEffect {
  /** Answer with this error of the API, by its name in the catalogue. A WebSocket's handshake is refused with it. */
  readonly error?: string
  /** Answer with this response. A `body` that is not a string is sent as JSON. */
  readonly answer?: FaultAnswer
  /** Wait this long before the answer begins, in ms. */
  readonly delay?: number
  /** Never answer. */
  readonly timeout?: true
  /** Reset the connection instead of answering. */
  readonly reset?: true
  /** Break the connection after the nth event, or the server's nth WebSocket frame. 0 breaks it after the headers. */
  readonly cut?: { readonly after: number }
  /** Pause for `ms` after the nth event. 0 pauses after the headers. */
  readonly stall?: { readonly after: number; readonly ms: number }
  /** Send only half of the data of the nth event or frame. */
  readonly corrupt?: { readonly event: number }
  /**
   * Send an error instead of the nth event, and end the stream. A WebSocket stays open.
   * @default error: 'server_error'
   */
  readonly errorEvent?: { readonly at: number; readonly error?: string }
  /**
   * Close a WebSocket with this code after the server's nth frame.
   * @default reason: '', after: 0, which closes it as soon as it is open
   */
  readonly close?: { readonly code: number; readonly reason?: string; readonly after?: number }
}

export interface FaultCondition {
  /**
   * Match WebSocket handshakes instead of plain requests.
   * @default false, but true for `close`
   */
  readonly websocket?: boolean
  readonly method?: string
  /** Without the query. `*` matches any characters. @example '/v1/chat/*' */
  readonly path?: string
  /** `*` matches any characters. @example 'gpt-4o*' */
  readonly model?: string
  /** JSON paths of the body, each with its value. @example { '$.stream': true } */
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

/** The effect of a fault. */
export type FaultKind =
  | { readonly kind: 'error'; readonly error: string }
  | { readonly kind: 'answer'; readonly answer: FaultAnswer }
  | { readonly kind: 'timeout' | 'reset' | 'delay' }
  | StreamFault
  | CloseFault

/** Effects on an answer while it is sent. An answer that is no stream counts as one event. */
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

/** A compiled rule. */
export interface Fault {
  /** Its position in the list, from 1. */
  readonly number: number
  readonly when: ReadCondition
  /** Whether the fault happens to the nth matching request. */
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
 * @param by the transport: a plain request, or a WebSocket's handshake
 * @param requestedModel the model that the request names, if any
 */
export function isAbout(
  { websocket, method, path, model, body }: ReadCondition,
  request: RecordedRequest,
  by: 'http' | 'socket',
  requestedModel: string | undefined,
): boolean {
  if (websocket !== (by === 'socket')) return false
  if (method !== undefined && method !== request.method) return false
  if (path !== undefined && !path.test(splitTarget(request.path).path)) return false
  if (model !== undefined && (requestedModel === undefined || !model.test(requestedModel))) return false
  const json = body.length === 0 ? null : jsonOf(request)
  return body.every(({ steps, value }) => hasValueAt(json, steps, value))
}

/** A form is read as an object of its text fields. */
function jsonOf({ body }: RecordedRequest): Json {
  if (body.kind === 'json') return parseJson(body.text) ?? null
  if (body.kind !== 'multipart') return null
  const texts = body.parts.flatMap(({ name, content }) =>
    content.kind === 'text' ? [[name, content.text] as const] : [],
  )
  return Object.fromEntries(texts)
}

function hasValueAt(json: Json, steps: readonly PathStep[], value: Json): boolean {
  const wanted = canonicalJson(value)
  let found = false
  editPath(json, steps, (present) => {
    found ||= canonicalJson(present) === wanted
    return present
  })
  return found
}

/** Describes a fault for the journal. */
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
