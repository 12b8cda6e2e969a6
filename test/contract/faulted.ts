import type { CassetteOptions, FaultRule, JournalEntry } from '../../src/index.ts'
import type { Adapter, Subject } from './adapter.ts'
import { opening } from './talking.ts'
import { cassette, interaction, json } from './written.ts'

const EVENTS = `      headers: |\n        content-type: text/event-stream\n      body:\n        events: |\n          0 {"n":1}\n          0 {"n":2}\n          0 {"n":3}\n`
export const WHOLE = 'data: {"n":1}\n\ndata: {"n":2}\n\ndata: {"n":3}\n\n'

export const CHAT = '/v1/chat/completions'
export const stream = { model: 'gpt-4o', stream: true }
export const plain = { model: 'gpt-4o' }

/** A cassette with a stream and two answers, in which these faults are injected. */
export async function faulted(
  adapter: Adapter,
  faults: readonly FaultRule[],
  more: CassetteOptions = {},
): Promise<Subject> {
  const dir = await cassette(
    interaction(JSON.stringify(stream), EVENTS),
    interaction(JSON.stringify(plain), json('{"answer":1}')),
    interaction(JSON.stringify(plain), json('{"answer":2}')),
  )
  return opening(adapter).replay(dir, { faults, ...more })
}

export const outcomes = (journal: readonly JournalEntry[]): string[] => journal.map(({ outcome }) => outcome)
