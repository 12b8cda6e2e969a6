import type { Cassette, Interaction, ResponseBody } from '../../src/cassette/cassette.ts'
import type { Change, Drift } from '../../src/api/drift.ts'
import { driftOf } from '../../src/drift/drift.ts'
import { sayChange } from '../../src/drift/say-change.ts'
import type { Headers } from '../../src/http/message.ts'
import { grammar } from '../../src/openai/drift/grammar.ts'

export interface Answered {
  readonly status?: number
  readonly headers?: Headers
  readonly body: ResponseBody
}

export function json(value: unknown): ResponseBody {
  return { kind: 'json', text: JSON.stringify(value) }
}

/** A stream of events; those that have a type carry it as their name too, as Responses do. */
export function events(...data: readonly unknown[]): ResponseBody {
  return {
    kind: 'events',
    events: data.map((each, offset) => {
      const { type } = Object(each) as { type?: unknown }
      const name = typeof type === 'string' ? `event: ${type}\n` : ''
      return { offset, raw: `${name}data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n` }
    }),
  }
}

export function asking(body: unknown, answer: Answered, path = '/v1/chat/completions'): Interaction {
  return {
    request: { method: 'POST', path, headers: [], body: { kind: 'json', text: JSON.stringify(body) } },
    response: {
      status: answer.status ?? 200,
      headers: answer.headers ?? [['content-type', 'application/json']],
      body: answer.body,
    },
  }
}

export function cassetteOf(...interactions: readonly Interaction[]): Cassette {
  return { version: 1, upstream: 'https://api.openai.com', recordedAt: '2026-01-02', interactions }
}

export function drift(before: readonly Interaction[], after: readonly Interaction[]): Drift {
  return driftOf(cassetteOf(...before), cassetteOf(...after), grammar)
}

/** What is told of two answers to one request: in kind, and in words. */
export function told(before: Answered | ResponseBody, after: Answered | ResponseBody): Told {
  const [a, b] = [before, after].map((each) => asking({ model: 'm' }, 'kind' in each ? { body: each } : each))
  return toldOf(drift([a as Interaction], [b as Interaction]))
}

export interface Told {
  readonly kind: readonly string[]
  readonly words: readonly string[]
}

export function toldOf({ interactions }: Drift): Told {
  const said = (changes: readonly Change[]): string[] =>
    changes.map((change) => {
      const { text, before, after } = sayChange(change)
      return before === undefined ? text : `${text}: ${before} → ${after ?? ''}`
    })
  return {
    kind: interactions.flatMap(({ kind }) => said(kind)),
    words: interactions.flatMap(({ words }) => said(words)),
  }
}
