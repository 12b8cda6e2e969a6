import type { ClientOptions } from 'openai'
import { onTestFinished } from 'vitest'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import { type Budget, type FaultRule, type JournalEntry, openCassette, type Mode } from '../../src/index.ts'
import { startServer } from '../../src/server/start.ts'

/** A way in which a program's client meets a cassette. */
export interface Way {
  readonly name: string
  open(options: Opening): Promise<Opened>
}

export interface Opening {
  readonly mode: Mode
  readonly dir: string
  readonly upstream: string
  readonly faults?: readonly FaultRule[]
  readonly budget?: Budget
}

export interface Opened {
  readonly client: { readonly baseURL?: string; readonly fetch: NonNullable<ClientOptions['fetch']> }
  /** Ends the session, and says what came of it. */
  end(): Promise<Ended>
}

export interface Ended {
  readonly journal: readonly JournalEntry[]
  /** How many recorded interactions were not played. */
  readonly unused: number
}

const NAME = 'sdk'

export const throughFetch: Way = {
  name: 'vcr.fetch',
  async open(options) {
    const vcr = await openCassette(NAME, options)
    onTestFinished(async () => void (await vcr.close()))
    const end = async (): Promise<Ended> => {
      await vcr.close()
      return { journal: vcr.journal, unused: vcr.unused().length }
    }
    return { client: { fetch: vcr.fetch }, end }
  },
}

export const throughMsw: Way = {
  name: 'MSW',
  async open(options) {
    const vcr = await openCassette(NAME, options)
    const network = await intercept(vcr)
    const close = async (): Promise<void> => {
      await network.stop()
      await vcr.close()
    }
    onTestFinished(close)
    const end = async (): Promise<Ended> => {
      await close()
      return { journal: vcr.journal, unused: vcr.unused().length }
    }
    return { client: { fetch: (input, init) => fetch(input, init) }, end }
  },
}

export const throughServer: Way = {
  name: 'the standalone server',
  async open(options) {
    const server = await startServer({ ...options, cassette: NAME, repeat: 'error' })
    onTestFinished(async () => void (await server.close()))
    const end = async (): Promise<Ended> => {
      const { journal, failures } = await server.close()
      if (failures[0] !== undefined) throw failures[0]
      const vcr = await openCassette(NAME, { ...options, mode: 'replay' })
      await vcr.close()
      const hits = journal.filter(({ outcome }) => outcome === 'hit').length
      return { journal, unused: options.mode === 'replay' ? vcr.unused().length - hits : 0 }
    }
    return { client: { baseURL: `${server.url}/v1`, fetch: (input, init) => fetch(input, init) }, end }
  },
}

export const WAYS: readonly Way[] = [throughFetch, throughMsw, throughServer]
