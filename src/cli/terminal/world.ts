import type { ChildProcess } from 'node:child_process'
import type { Env } from '../../engine/modes.ts'

/** What the command line needs of the process that it runs in. */
export interface World {
  readonly env: Env
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: Output
  readonly stderr: Output
  /** Starts a program that reads and writes where we do. */
  spawn(program: string, args: readonly string[], env: Env): ChildProcess
  /**
   * Calls back on SIGINT and SIGTERM, which do not end the process as long as somebody listens.
   * @returns stops it
   */
  onSignal(listener: (signal: NodeJS.Signals) => void): () => void
  /** Ends the process by a signal. */
  endBy(signal: NodeJS.Signals): void
}

export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }

/** Messages and progress go to stderr, data to stdout. */
export function say({ stderr }: Pick<World, 'stderr'>, message: string): void {
  stderr.write(`openai-vcr: ${message}\n`)
}

export function print({ stdout }: Pick<World, 'stdout'>, text: string): void {
  stdout.write(`${text}\n`)
}

/** For people who see colours and did not ask for none. */
export function hasColours({ stdout, env }: World): boolean {
  return stdout.isTTY === true && env['NO_COLOR'] === undefined
}
