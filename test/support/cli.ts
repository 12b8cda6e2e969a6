import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { run } from '../../src/cli/program.ts'
import type { World } from '../../src/cli/terminal/world.ts'

/** The built command line, for tests that need a process of its own: `runCli` and `startCli` need none. */
export const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** The environment of a run: that of the test, without what would steer it from outside. */
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

/** Runs the command line to its end, in this process: commands that it wraps have their own. */
export async function runCli(
  args: readonly string[],
  { env = {} }: { env?: Record<string, string> } = {},
): Promise<Finished> {
  const { world, output, childrenClosed } = worldOf(env)
  const status = await run(args, world)
  await childrenClosed()
  return { status, ...output }
}

/** Runs the built command line to its end, in a process of its own. */
export function spawnCli(
  args: readonly string[],
  { env = {}, uid, cwd }: { env?: Record<string, string>; uid?: number; cwd?: string } = {},
): Promise<Finished> {
  return finished(
    spawn(process.execPath, [CLI, ...args], {
      env: surroundings(env),
      uid,
      cwd,
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

export function finished(child: ChildProcess): Promise<Finished> {
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
  /** What it wrote to stdout and stderr so far. */
  readonly output: () => string
  /** Sends the signal and waits for the exit status. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts `openai-vcr serve` in this process. It is stopped when the test ends. */
export async function startCli(
  args: readonly string[],
  { env = {} }: { env?: Record<string, string> } = {},
): Promise<CliServer> {
  const { world, output, signal } = worldOf(env)
  const ended = run(['serve', '--port', '0', ...args], world)
  const all = (): string => output.stdout + output.stderr
  const stop = (by: NodeJS.Signals = 'SIGTERM'): Promise<number> => {
    signal(by)
    return ended
  }
  onTestFinished(() => void stop())
  return { url: await urlOf(world.stdout, all, ended), output: all, stop }
}

export interface SpawnedServer extends CliServer {
  readonly pid: number
  /** Reads no more of what it writes. */
  readonly closeOutput: () => void
}

/** Starts `openai-vcr serve` as a user would. It is gone when the test is. */
export async function spawnServer(
  args: readonly string[],
  { env = {} }: { env?: Record<string, string> } = {},
): Promise<SpawnedServer> {
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0', ...args], {
    env: surroundings(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()))
  return {
    url: await urlOf(child.stdout, () => output, ended),
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

/** Where a server listens, once it says so. */
function urlOf(
  stdout: NodeJS.EventEmitter,
  output: () => string,
  ended: Promise<number | null>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    stdout.on('data', () => {
      const [, found] = /^openai-vcr listening on (\S+)$/m.exec(output()) ?? []
      if (found !== undefined) resolve(found)
    })
    void ended.then((status) => reject(new Error(`the server exited with ${status}: ${output()}`)))
  })
}

interface TestWorld {
  readonly world: World
  /** What was written so far, by commands that it runs too. */
  readonly output: { stdout: string; stderr: string }
  signal(signal: NodeJS.Signals): void
  /** Resolves when the commands that it runs can write no more. */
  childrenClosed(): Promise<unknown>
}

/** What the command line would see of a process with this environment. */
export function worldOf(env: Record<string, string>): TestWorld {
  const output = { stdout: '', stderr: '' }
  const collect = (name: 'stdout' | 'stderr'): PassThrough =>
    new PassThrough().setEncoding('utf8').on('data', (text: string) => (output[name] += text))
  const [stdout, stderr] = [collect('stdout'), collect('stderr')]
  const signals = new EventEmitter()
  const closed: Promise<unknown>[] = []
  const world: World = {
    env: surroundings(env),
    stdin: Readable.from([]),
    stdout,
    stderr,
    spawn: (program, args, childEnv) => {
      const child = spawn(program, args, { env: childEnv, stdio: ['ignore', 'pipe', 'pipe'] })
      child.stdout.pipe(stdout, { end: false })
      child.stderr.pipe(stderr, { end: false })
      closed.push(once(child, 'close').catch(() => {}))
      return child
    },
    onSignal: (listener) => {
      signals.on('signal', listener)
      return () => void signals.off('signal', listener)
    },
    endBy: (signal) => {
      throw new Error(`would end this process by ${signal}`)
    },
  }
  return {
    world,
    output,
    signal: (name) => void signals.emit('signal', name),
    childrenClosed: () => Promise.all(closed),
  }
}
