import { UsageError } from '../messages/errors.ts'
import type { Env } from '../engine/modes.ts'
import type { Repeat } from '../match/lookup.ts'
import { Redactor } from '../redact/redactor.ts'
import { checkRepeat, type ResolvedOptions, secretsOf } from '../vcr/options/options.ts'
import { budgetOf, expiryOf, rulesOf, upstreamOf } from '../vcr/options/directory-config.ts'
import { systemClock } from '../node/clock.ts'
import { configOf } from '../vcr/options/config-file.ts'
import { FileStore } from '../node/file-store.ts'
import { HttpUpstream } from '../node/http-upstream.ts'
import { listPrices } from '../node/prices.ts'
import { TempScratch } from '../node/temp-scratch.ts'
import { tiktoken } from '../node/tokenizer.ts'
import { openai } from '../openai/dialect.ts'
import { createApp } from './app.ts'
import type { TlsOptions } from './certificate.ts'
import { listenAt } from './listening.ts'
import type { PlayedCassette } from '../cassette/replay-report.ts'
import { Sockets } from './sockets.ts'
import { type RunReport, Sources } from './sources.ts'

export interface RunningServer {
  /** `http://127.0.0.1:8080`, to which clients append `/v1`. */
  readonly url: string
  /**
   * With TLS, the PEM file that clients have to trust. If the server created it, it removes it on close.
   * @example spawn(command, { env: { ...process.env, NODE_EXTRA_CA_CERTS: server.certificate } })
   */
  readonly certificate?: string
  /**
   * Finishes requests in progress, writes what was recorded, and reports on the run.
   * @param options.keep `false` discards the recordings
   */
  close(options?: { keep?: boolean }): Promise<RunReport>
}

/** A server that also reports what the run played, for the command line. */
export interface ReportingServer extends RunningServer {
  /** Which interactions the run played. Call it after `close`. */
  played(): Promise<readonly PlayedCassette[]>
}

export interface ServeSetup {
  readonly env: Env
  readonly options: ResolvedOptions
  readonly cassette?: string | undefined
  /** Without it, named sessions answer a repeat with an error, and unnamed ones start over. */
  readonly repeat?: Repeat | undefined
  /**
   * Seconds without a request after which a named session is dropped.
   * @default 3600
   */
  readonly sessionIdle?: number | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly tls?: TlsOptions | undefined
  readonly warn?: ((message: string) => void) | undefined
  /** The command that records into a cassette, for messages. */
  readonly recordCommand?: ((cassette: string) => string) | undefined
}

/** How long requests in progress may take once the server stops, in ms. */
const CLOSING_GRACE = 10_000

export async function serve(setup: ServeSetup): Promise<ReportingServer> {
  const { options, host = '127.0.0.1', port = 0 } = setup
  const config = await configOf(options.dir)
  const scratch = new TempScratch()
  const upstream = new HttpUpstream()
  const secrets = secretsOf(setup.env)
  const sources = new Sources(
    {
      options: { ...options, budget: budgetOf(config, options.budget) },
      store: new FileStore(options.dir),
      scratch,
      upstream,
      clock: systemClock,
      prices: listPrices,
      tokenizer: tiktoken,
      dialect: openai,
      secrets,
      env: setup.env,
      matchersOf: (name) => rulesOf(config, name, options.matchers),
      expiry: {
        of: (name, own) => expiryOf(config, name, { told: options.expires, own }),
        keptAs: 'a server does not know when a run is whole',
      },
      warn: setup.warn ?? ((message) => process.emitWarning(message, 'OpenaiVcrWarning')),
    },
    {
      cassette: setup.cassette,
      repeat: setup.repeat === undefined ? undefined : checkRepeat(setup.repeat),
      idleMs: checkIdle(setup.sessionIdle ?? 3600) * 1000,
      upstreamOf: (name) => options.upstream ?? upstreamOf(config, name),
      recordCommand: setup.recordCommand ?? ((name) => recordCommand(options, name)),
    },
  )
  await sources.open()
  const redactor = new Redactor(openai.shapes.secrets, secrets, options.redact)
  const redact = (text: string): string => redactor.text(text)
  const sockets = new Sockets(sources, openai, redact)
  const listeners = { request: createApp(sources, openai, redact), upgrade: sockets.upgrade }
  const listening = await listenAt({ host, port, tls: setup.tls }, listeners)
  const { url, certificate } = listening
  return {
    url,
    ...(certificate === undefined ? {} : { certificate }),
    close: async ({ keep = true } = {}) => {
      sources.endWaiting()
      await Promise.all([listening.close(CLOSING_GRACE), sockets.close(CLOSING_GRACE)])
      const report = await sources.close(CLOSING_GRACE, keep)
      scratch.close()
      await upstream.close()
      return report
    },
    played: () => sources.played(),
  }
}

function checkIdle(seconds: number): number {
  if (seconds > 0) return seconds
  throw new UsageError(`a session cannot idle for ${seconds} seconds: expected a number over 0`)
}

function recordCommand(options: ResolvedOptions, cassette: string): string {
  return `OPENAI_API_KEY=… npx openai-vcr serve --mode record-missing --cassettes ${options.dir} --cassette ${cassette}`
}
