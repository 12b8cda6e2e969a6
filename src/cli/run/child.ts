import { constants } from 'node:os'
import type { Env } from '../../engine/modes.ts'
import { UsageError } from '../../messages/errors.ts'
import type { RunningServer } from '../../server/serve.ts'
import type { World } from '../terminal/world.ts'
import { type Trust, trusting } from './trust.ts'

interface CommandEnd {
  /** The command's exit status; 128 plus the signal's number, if a signal ended it. */
  readonly status: number
  /** A signal stopped us, and was passed on to the command. */
  readonly stopped: boolean
}

/**
 * Runs a command in whose environment the server is the API, and its certificate is trusted.
 * @throws UsageError for a command that cannot be run; the server is closed then
 */
export async function runCommand(
  world: World,
  command: readonly string[],
  server: RunningServer,
  env: Readonly<Record<string, string>>,
): Promise<CommandEnd> {
  let trust: Trust | undefined
  try {
    if (server.certificate !== undefined) trust = await trusting(server.certificate, world.env)
    return await run(world, command, {
      ...world.env,
      ...env,
      ...trust?.env,
      OPENAI_BASE_URL: `${server.url}/v1`,
    })
  } catch (error) {
    await server.close({ keep: false })
    throw error
  } finally {
    await trust?.remove()
  }
}

function run(world: World, [program, ...args]: readonly string[], env: Env): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    let stopped = false
    const child = world.spawn(program as string, args, env)
    const pass = (signal: NodeJS.Signals): void => {
      stopped = true
      child.kill(signal)
    }
    // Never removed: a signal after the command's end must not end us before the recording is written.
    world.onSignal(pass)
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'command not found' : error.message
      reject(new UsageError(`cannot run '${program}': ${why}`, { cause: error }))
    })
    child.once('exit', (code, signal) => {
      resolve({ status: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), stopped })
    })
  })
}
