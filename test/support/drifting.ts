import type { Cassette, Interaction, ResponseBody } from '../../src/cassette/cassette.ts'
import type { Change, Drift } from '../../src/api/drift.ts'
import { driftOf } from '../../src/drift/drift.ts'
import { changeText } from '../../src/drift/change-text.ts'
import type { Headers } from '../../src/http/message.ts'
import { driftRules } from '../../src/openai/drift/drift-rules.ts'

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
  return driftOf(cassetteOf(...before), cassetteOf(...after), driftRules)
}

/** The changes between two answers to one request. */
export function changesBetween(before: Answered | ResponseBody, after: Answered | ResponseBody): ChangeTexts {
  const [a, b] = [before, after].map((each) => asking({ model: 'm' }, 'kind' in each ? { body: each } : each))
  return textsOf(drift([a as Interaction], [b as Interaction]))
}

export interface ChangeTexts {
  readonly kind: readonly string[]
  readonly words: readonly string[]
}

export function textsOf({ interactions }: Drift): ChangeTexts {
  const texts = (changes: readonly Change[]): string[] =>
    changes.map((change) => {
      const { text, before, after } = changeText(change)
      return before === undefined ? text : `${text}: ${before} → ${after ?? ''}`
    })
  return {
    kind: interactions.flatMap(({ structure }) => texts(structure)),
    words: interactions.flatMap(({ wording }) => texts(wording)),
  }
}
