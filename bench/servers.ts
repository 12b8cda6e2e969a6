import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A server in a process of its own. */
export interface Running {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

export function startBare(): Promise<Running> {
  return start([pathOf('./bare-server.ts')])
}

/** Our command line, as it is built. `node` is what V8 is to be told, to profile it say. */
export function startOurs(flags: readonly string[], node: readonly string[] = []): Promise<Running> {
  return start([...node, pathOf('../dist/cli/main.js'), 'serve', '--port', '0', ...flags])
}

async function start(args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  // A benchmark that fails leaves no server behind.
  const end = (): void => void child.kill()
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  let said = ''
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString()
  })
  const url = await new Promise<string>((resolve, reject) => {
    let out = ''
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString()
      const found = /listening on (\S+)\n/.exec(out)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`a server ended with ${code} before it listened: ${said}`)))
  })
  return { url, pid: child.pid as number, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url))
}
