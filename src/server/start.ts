import { object } from '../json/input/object.ts'
import { optionsFrom } from '../json/input/place.ts'
import { optional, someString } from '../json/input/shape.ts'
import { UnusedError } from '../messages/errors.ts'
import { CASSETTE_NAME } from '../node/cassette-name.ts'
import { CASSETTE_OPTIONS, type CassetteOptions, CLOSE_OPTIONS } from '../vcr/options/options.ts'
import { resolveOptions } from '../vcr/options/resolve-options.ts'
import { redactWith } from '../vcr/options/secrets.ts'
import { TLS, type TlsOptions } from '../node/certificate.ts'
import { PORT, type RunningServer, SECONDS, serve } from './serve.ts'

export interface ServerOptions extends CassetteOptions {
  /** The cassette for requests that name none. Without it, such requests are replayed from the whole directory. */
  readonly cassette?: string
  /**
   * Seconds without a request after which a named session is dropped, with its counts and its journal.
   * @default 3600
   */
  readonly sessionIdle?: number
  /** @default '127.0.0.1' */
  readonly host?: string
  /**
   * 0 picks a free port.
   * @default 0
   */
  readonly port?: number
  /**
   * TLS with a certificate that is created at startup, or with your own PEM files. The SDK's Realtime
   * clients connect only with TLS.
   * @default no TLS
   * @example { cert: 'certificate.pem', key: 'key.pem' }
   */
  readonly tls?: TlsOptions
}

const SERVER_OPTIONS = object<ServerOptions>("an object, such as { cassette: 'weather' }", {
  ...CASSETTE_OPTIONS,
  cassette: optional(CASSETTE_NAME),
  sessionIdle: optional(SECONDS),
  host: optional(someString("an address, such as '127.0.0.1'")),
  port: optional(PORT),
  tls: optional(TLS),
})

/**
 * Starts the standalone server.
 * @example
 * const server = await startServer({ cassette: 'weather' })
 * const client = new OpenAI({ baseURL: `${server.url}/v1` })
 * @throws UsageError for an invalid option, a port in use, or a directory that cannot be used
 * @throws CassetteError for a broken cassette
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const place = optionsFrom('', redactWith(process.env))
  const { cassette, sessionIdle, host, port, tls, ...rest } = SERVER_OPTIONS.read(options, place)
  const resolved = resolveOptions(rest, process.env)
  const server = await serve({
    env: process.env,
    options: resolved,
    cassette,
    repeat: rest.repeat,
    sessionIdle,
    host,
    port,
    tls,
  })
  return {
    url: server.url,
    ...(server.certificate === undefined ? {} : { certificate: server.certificate }),
    close: async (how) => {
      const { keep = true } = CLOSE_OPTIONS.read(how ?? {}, place)
      const report = await server.close({ keep })
      if (resolved.strictUnused && keep && report.unused.length > 0) throw new UnusedError(report.unused)
      return report
    },
  }
}

export type { Counts } from '../engine/journal.ts'
export type { RunReport } from './libraries.ts'
export type { TlsOptions }
export type { RunningServer }
