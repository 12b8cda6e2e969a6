import type { Env } from '../engine/modes.ts'
import type { Repeat } from '../match/lookup.ts'
import { Redactor } from '../redact/redactor.ts'
import { number, wholeNumber } from '../json/input/shape.ts'
import type { ResolvedOptions } from '../vcr/options/resolve-options.ts'
import { budgetOf, upstreamOf } from '../vcr/options/config.ts'
import { emitUserWarning } from '../node/user-warnings.ts'
import { compose } from '../vcr/compose.ts'
import { readConfig } from '../vcr/options/config-file.ts'
import { redactWith } from '../vcr/options/secrets.ts'
import { createListener } from './listener.ts'
import { certificateFor, type TlsOptions } from '../node/certificate.ts'
import { listenAt } from '../adapters/http/listening.ts'
import type { PlayedCassette } from '../cassette/replay-report.ts'
import { Sockets } from './sockets.ts'
import { type RunReport, Libraries } from './libraries.ts'

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

export const SECONDS = number('a number of seconds over 0, such as 3600', { over: 0 })

export const PORT = wholeNumber({ from: 0, to: 65_535 }, 8080)

/** How long requests in progress may take once the server stops, in ms. */
const CLOSING_GRACE = 10_000

export async function serve(setup: ServeSetup): Promise<ReportingServer> {
  const { options, host = '127.0.0.1', port = 0 } = setup
  const config = await readConfig(options.dir, redactWith(setup.env))
  const composition = compose({
    options: { ...options, budget: budgetOf(config, options.budget) },
    config,
    env: setup.env,
    warn: setup.warn ?? emitUserWarning,
    whyKept: 'a server does not know when a run is complete',
  })
  const { dialect } = composition.dependencies
  const libraries = new Libraries(composition, {
    cassette: setup.cassette,
    repeat: setup.repeat,
    idleMs: (setup.sessionIdle ?? 3600) * 1000,
    upstreamOf: (name) => options.upstream ?? upstreamOf(config, name),
    recordCommand: setup.recordCommand ?? ((name) => recordCommand(options, name)),
  })
  await libraries.open()
  const redactor = new Redactor(dialect.shapes.secrets, composition.secrets, options.redact)
  const redact = (text: string): string => redactor.text(text)
  const sockets = new Sockets(libraries, composition.dependencies, redact)
  const listeners = { request: createListener(libraries, dialect, redact), upgrade: sockets.upgrade }
  const certificate = await certificateFor(setup.tls, host)
  const listening = await listenAt({ host, port, certificate }, listeners)
  return {
    url: listening.url,
    ...(certificate === undefined ? {} : { certificate: certificate.file }),
    close: async ({ keep = true } = {}) => {
      libraries.endWaiting()
      await Promise.all([listening.close(CLOSING_GRACE), sockets.close(CLOSING_GRACE)])
      await certificate?.remove()
      const report = await libraries.close(CLOSING_GRACE, keep)
      await composition.close()
      return report
    },
    played: () => libraries.played(),
  }
}

function recordCommand(options: ResolvedOptions, cassette: string): string {
  return `OPENAI_API_KEY=… npx openai-vcr serve --mode record-missing --cassettes ${options.dir} --cassette ${cassette}`
}
