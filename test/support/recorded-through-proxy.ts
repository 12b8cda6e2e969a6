import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { spawnServer, startCli } from './cli.ts'
import { tempDir } from './temp.ts'

export interface Recorded {
  /** What the client got, or what went wrong. */
  readonly got: string
  /** All that the server said. */
  readonly said: string
  /** The cassette's text, where there is one. */
  readonly file: string | undefined
}

/**
 * What comes of one client of a recording server; whatever steers proxies stands in `env`.
 * @param ask asks the server at this URL
 */
export async function recordedThroughProxy(
  upstream: string,
  env: Readonly<Record<string, string>>,
  ask: (url: string) => Promise<string>,
): Promise<Recorded> {
  const dir = await tempDir()
  const proxies = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'].flatMap((name) => [
    [name, env[name] ?? ''],
    [name.toLowerCase(), env[name] ?? ''],
  ])
  const all: Readonly<Record<string, string>> = { ...env, ...Object.fromEntries(proxies) }
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  // Node reads whom to trust when it starts.
  const start = 'NODE_EXTRA_CA_CERTS' in env ? spawnServer : startCli
  const server = await start(
    ['--mode', 'record', '--cassettes', dir, '--cassette', 'c', '--upstream', upstream],
    { env: all },
  )
  const got = await ask(server.url).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  )
  await server.stop()
  const file = await readFile(path.join(dir, 'c.yaml'), 'utf8').catch(() => undefined)
  return { got, said: server.output(), file }
}
