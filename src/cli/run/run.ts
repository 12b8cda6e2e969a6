import type { Command } from 'commander'
import { explainUnused, UsageError } from '../../messages/errors.ts'
import { shellWord } from '../../messages/shell-word.ts'
import { serve } from '../../server/serve.ts'
import { runCommand } from './child.ts'
import { EXIT, type SetExitStatus } from '../terminal/exit.ts'
import { cassettesVariable } from '../flags/cassettes-flag.ts'
import { resolveFlags, type ServerFlags, withModeFlag, withServerFlags } from '../flags/server-flags.ts'
import { writeReport } from './report-file.ts'
import { sayRecorded, sayReplayed, sayUnanswered } from './run-summary.ts'
import { type RunFlags, withRunFlags } from './run-flags.ts'
import { say, type World } from '../terminal/world.ts'
import { type TlsFlags, tlsOf, tlsWords, withTlsFlags } from './tls-flags.ts'

export function defineRecord(command: Command, world: World, setExitStatus: SetExitStatus): void {
  withModeFlag(wrapping(command), 'default: record')
  command.action(async (cmd: string[], flags: ServerFlags & TlsFlags) => {
    const server = await serve({
      env: world.env,
      options: resolveFlags(world, flags, 'record'),
      cassette: flags.cassette,
      tls: tlsOf(flags),
      warn: (message) => say(world, message),
    })
    const ended = await runCommand(world, cmd, server, {})
    // Someone who stops the run by a signal wants to keep what was recorded so far.
    const keep = ended.status === 0 || ended.stopped
    const report = await server.close({ keep })
    sayRecorded(world, report)
    if (!keep) say(world, `the command exited with status ${ended.status}, so its recording was discarded`)
    setExitStatus(ended.status === 0 && report.failures.length > 0 ? EXIT.finding : ended.status)
  })
}

export function defineReplay(command: Command, world: World, setExitStatus: SetExitStatus): void {
  withRunFlags(wrapping(command)).option(
    '--strict-unused',
    'exit with 1 if an interaction of the cassette was never played (needs --cassette)',
  )
  command.action(async (cmd: string[], flags: ReplayCommandFlags) => {
    if (flags.strictUnused && flags.cassette === undefined)
      throw new UsageError('--strict-unused checks one cassette: name it with --cassette')
    const options = resolveFlags(world, flags, 'replay')
    const tls = tlsOf(flags)
    const recordCommand = (cassette: string): string =>
      `${cassettesVariable(flags)}npx openai-vcr record ${[...tlsWords(tls), '--cassette', cassette, '--', ...cmd].map(shellWord).join(' ')}`
    const server = await serve({
      env: world.env,
      options,
      cassette: flags.cassette,
      repeat: flags.repeat ?? 'error',
      sessionIdle: flags.sessionIdle,
      tls,
      warn: (message) => say(world, message),
      recordCommand,
    })
    say(
      world,
      `replaying ${flags.cassette === undefined ? `the cassette directory ${options.dir}` : `cassette '${flags.cassette}'`} at ${server.url}, without the network`,
    )
    const key = world.env['OPENAI_API_KEY'] ? {} : { OPENAI_API_KEY: 'none-needed' }
    // @openai/agents (in Python too) sends its traces to api.openai.com, whatever the base URL is.
    const noTraces = { OPENAI_AGENTS_DISABLE_TRACING: world.env['OPENAI_AGENTS_DISABLE_TRACING'] ?? '1' }
    const ended = await runCommand(world, cmd, server, { ...noTraces, ...key })
    const report = await server.close()
    sayUnanswered(world, report)
    sayReplayed(world, report)
    const endedWell = ended.status === 0
    if (flags.report !== undefined) await writeReport(world, flags.report, server, endedWell)
    const leftover = endedWell && flags.strictUnused === true && report.unused.length > 0
    if (leftover) say(world, explainUnused(report.unused))
    setExitStatus(endedWell && (report.unanswered > 0 || leftover) ? EXIT.finding : ended.status)
  })
}

interface ReplayCommandFlags extends ServerFlags, RunFlags, TlsFlags {
  readonly strictUnused?: true
}

function wrapping(command: Command): Command {
  return withTlsFlags(withServerFlags(command))
    .argument('<cmd...>', 'command to run, after --')
    .passThroughOptions()
}
