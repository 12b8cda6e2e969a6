import { onTestFinished } from 'vitest'
import type { CassetteOptions, JournalEntry } from '../../src/index.ts'
import type { AdapterName } from './limits.ts'

/** A cassette behind one adapter, asked as its users ask it. */
export interface Subject {
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Asked by node:http, which sends what fetch cannot. Undefined where only fetch can ask. */
  readonly base: string | undefined
  /** Ends the session, writes, and gives the journal. */
  close(): Promise<readonly JournalEntry[]>
}

export interface Adapter {
  readonly name: AdapterName
  open(cassette: string, options: CassetteOptions): Promise<Subject>
}

/** Where clients send what an adapter in their own process answers. */
export const HOST = 'https://api.openai.com'

/** One test's failure must not reach the next: what it left open is closed behind it. */
export function closing(close: () => Promise<readonly JournalEntry[]>): Subject['close'] {
  let closed: Promise<readonly JournalEntry[]> | undefined
  const once = (): Promise<readonly JournalEntry[]> => (closed ??= close())
  onTestFinished(async () => void (await once()))
  return once
}
