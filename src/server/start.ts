import { type CassetteOptions, resolveOptions } from '../engine/options.ts'
import { type RunningServer, serve } from './serve.ts'

export interface ServerOptions extends CassetteOptions {
  /** The cassette for requests that name none. Without it a replay looks in the whole directory. */
  readonly cassette?: string
  /** @default '127.0.0.1' */
  readonly host?: string
  /**
   * 0 picks a free one.
   * @default 0
   */
  readonly port?: number
}

/**
 * Starts the standalone server.
 * @example
 * const server = await startServer({ cassette: 'weather' })
 * const client = new OpenAI({ baseURL: `${server.url}/v1` })
 * @throws UsageError for a bad option, a port in use, a directory that cannot be used
 * @throws CassetteError for a cassette that is broken
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const { cassette, host, port, ...rest } = options
  return serve({ options: resolveOptions(rest, process.env), cassette, repeat: rest.repeat, host, port })
}

export type { RunReport } from './sources.ts'
export type { RunningServer }
