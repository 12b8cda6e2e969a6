import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { CassetteError, UsageError } from '../messages/errors.ts'
import { Redactor } from '../redact/redactor.ts'
import { secretsOf } from '../vcr/options/options.ts'
import { diffCommand } from './diff/diff.ts'
import { EXIT } from './exit.ts'
import { listCommand } from './list.ts'
import { pruneCommand } from './prune/prune.ts'
import { rerecordCommand } from './rerecord/rerecord.ts'
import { recordCommand, replayCommand } from './run/run.ts'
import { serveCommand } from './run/serve.ts'
import { showCommand } from './show.ts'
import { statsCommand } from './stats/stats.ts'
import { say } from './terminal/say.ts'

/** Runs the command line and gives the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  const program = new Command('openai-vcr')
    .description('Record real OpenAI traffic once, and replay it byte for byte.')
    .version(version())
    .showHelpAfterError('(openai-vcr --help tells what there is)')
    .exitOverride()
    .enablePositionalOptions()
  let status: number = EXIT.ok
  const settle = (code: number): void => {
    status = code
  }
  for (const command of [
    serveCommand,
    recordCommand,
    replayCommand,
    listCommand,
    showCommand,
    statsCommand,
    diffCommand,
    pruneCommand,
    rerecordCommand,
  ]) {
    program.addCommand(command(settle).exitOverride())
  }
  try {
    await program.parseAsync([...args], { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    const redactor = new Redactor(secretsOf(process.env))
    say(redactor.text(error instanceof Error ? describe(error) : String(error)))
    return error instanceof CassetteError ? EXIT.finding : EXIT.usage
  }
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** What we foresaw speaks for itself; a fault of our own needs its stack. */
function describe(error: Error): string {
  const foreseen = error instanceof CassetteError || error instanceof UsageError
  return foreseen ? error.message : `unexpected: ${error.stack ?? error.message}`
}
