/** What an endpoint answers; how it goes over the wire is the sender's business. */
export type Answer = JsonAnswer | EventsAnswer | BytesAnswer

export interface JsonAnswer {
  readonly kind: 'json'
  readonly text: string
  readonly headers?: readonly (readonly [string, string])[]
}
export interface EventsAnswer {
  readonly kind: 'events'
  /** Whole server-sent events, each with its blank line. */
  readonly events: readonly string[]
}
export interface BytesAnswer {
  readonly kind: 'bytes'
  readonly type: string
  readonly bytes: Uint8Array
  readonly headers?: readonly (readonly [string, string])[]
}

/** Most endpoints lay JSON out over lines, and end with one. */
export function lines(value: unknown): JsonAnswer {
  return { kind: 'json', text: `${indent(value)}\n` }
}

/** What is not ready yet says when it is worth asking again. */
export function polled(value: unknown): JsonAnswer {
  return { ...laidOut(value), headers: [['openai-poll-after-ms', '5']] }
}

/** The newer endpoints end with the brace. */
export function laidOut(value: unknown): JsonAnswer {
  return { kind: 'json', text: withFloats(indent(value)) }
}

export function compact(value: unknown): JsonAnswer {
  return { kind: 'json', text: JSON.stringify(value) }
}

/** One event whose name, if it has one, repeats its type. */
export function event(value: unknown, name?: string): string {
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${withFloats(JSON.stringify(value))}\n\n`
}

function indent(value: unknown): string {
  return JSON.stringify(value, null, 2)
}

/** The Responses API writes these as floats even where they are whole, which a parse and print would lose. */
function withFloats(text: string): string {
  return text.replaceAll(
    /("(?:temperature|top_p|frequency_penalty|presence_penalty)": ?\d+)(?=[,\n}])/g,
    '$1.0',
  )
}
