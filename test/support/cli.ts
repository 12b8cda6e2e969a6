import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** The surroundings of a child: those of the test, without what would steer it from outside. */
export function surroundings(env: Record<string, string>): NodeJS.ProcessEnv {
  const own = { ...process.env }
  for (const name of Object.keys(own))
    if (/^(?:OPENAI_|USE_REAL_OPENAI$|CI$|VITEST)/.test(name)) delete own[name]
  return { ...own, NO_COLOR: '1', ...env }
}

export interface Finished {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command line to its end. */
export function runCli(
  args: readonly string[],
  { env = {}, cwd, uid }: { env?: Record<string, string>; cwd?: string; uid?: number } = {},
): Promise<Finished> {
  return finished(
    spawn(process.execPath, [CLI, ...args], {
      env: surroundings(env),
      cwd,
      uid,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
}

/** Runs a program of the tests in a process of its own. */
export function runProgram(
  file: URL,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Finished> {
  return finished(
    spawn(process.execPath, [fileURLToPath(file), ...args], {
      env: surroundings(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
}

export function finished(child: ReturnType<typeof spawn>): Promise<Finished> {
  return new Promise((resolve, reject) => {
    let stdout = ''
    let stderr = ''
    child.stdout?.on('data', (data: Buffer) => (stdout += data.toString()))
    child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()))
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, stdout, stderr }))
  })
}

export interface CliServer {
  readonly url: string
  readonly pid: number
  /** What it wrote to stdout and stderr so far. */
  readonly output: () => string
  /** Reads no more of what it writes. */
  readonly closeOutput: () => void
  /** Sends the signal and waits for the exit status. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts `openai-vcr serve` as a user would. It is gone when the test is. */
export async function startCli(
  args: readonly string[],
  { env = {} }: { env?: Record<string, string> } = {},
): Promise<CliServer> {
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0', ...args], {
    env: surroundings(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stderr.on('data', (data: Buffer) => (output += data.toString()))
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString()
      const [, found] = /^openai-vcr listening on (\S+)$/m.exec(output) ?? []
      if (found !== undefined) resolve(found)
    })
    void ended.then((status) => reject(new Error(`the server exited with ${status}: ${output}`)))
  })
  return {
    url,
    pid: child.pid as number,
    output: () => output,
    closeOutput: () => {
      child.stdout.destroy()
      child.stderr.destroy()
    },
    stop: (signal = 'SIGTERM') => {
      child.kill(signal)
      return ended
    },
  }
}
