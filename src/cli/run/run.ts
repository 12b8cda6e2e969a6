import { Command } from 'commander'
import { explainUnused, UsageError } from '../../messages/errors.ts'
import { shellWord } from '../../messages/shell-word.ts'
import { serve } from '../../server/serve.ts'
import type { RunReport } from '../../server/sources.ts'
import { runCommand } from './child.ts'
import { EXIT, type Settle } from '../exit.ts'
import { resolveFlags, type ServerFlags, withModeFlag, withServerFlags } from '../flags/server-flags.ts'
import { count, reportPlayed, reportRun } from './run-summary.ts'
import { type RunFlags, withRunFlags, writeReport } from './run-flags.ts'
import { say } from '../terminal/say.ts'
import { type TlsFlags, tlsOf, tlsWords, withTlsFlags } from './tls-flags.ts'

export function recordCommand(settle: Settle): Command {
  const command = new Command('record').description(
    'Run a command against a recording server of its own, and keep what it asked when it ends well.',
  )
  return withModeFlag(wrapping(command)).action(async (cmd: string[], flags: ServerFlags & TlsFlags) => {
    const server = await serve({
      options: resolveFlags(flags, 'record'),
      cassette: flags.cassette,
      tls: tlsOf(flags),
      warn: say,
    })
    const ended = await runCommand(cmd, server, {})
    // Whoever stops the run by a signal has seen enough, and wants what there is.
    const keep = ended.status === 0 || ended.stopped
    const report = await server.close({ keep })
    reportRun(report)
    if (!keep) say(`the command ended with status ${ended.status}: its recording is not kept`)
    settle(ended.status === 0 && report.failures.length > 0 ? EXIT.finding : ended.status)
  })
}

export function replayCommand(settle: Settle): Command {
  const command = new Command('replay').description(
    'Run a command against a replaying server of its own: no key, no network.',
  )
  withRunFlags(wrapping(command)).option(
    '--strict-unused',
    'a finding, where something of the cassette was never asked for (needs --cassette)',
  )
  return command.action(async (cmd: string[], flags: ReplayFlags) => {
    if (flags.strictUnused && flags.cassette === undefined)
      throw new UsageError('--strict-unused speaks of one cassette: name it with --cassette')
    const options = resolveFlags(flags, 'replay')
    const tls = tlsOf(flags)
    const elsewhere =
      flags.cassettes === undefined ? '' : `OPENAI_VCR_CASSETTES=${shellWord(flags.cassettes)} `
    const remedy = (cassette: string): string =>
      `${elsewhere}npx openai-vcr record ${[...tlsWords(tls), '--cassette', cassette, '--', ...cmd].map(shellWord).join(' ')}`
    const server = await serve({
      options,
      cassette: flags.cassette,
      repeat: flags.repeat ?? 'error',
      sessionIdle: flags.sessionIdle,
      tls,
      warn: say,
      remedy,
    })
    say(
      `answering from ${flags.cassette === undefined ? options.dir : `cassette '${flags.cassette}'`} at ${server.url}, with no network`,
    )
    const key = process.env['OPENAI_API_KEY'] ? {} : { OPENAI_API_KEY: 'none-needed' }
    // @openai/agents, in Python too, posts what it traced to api.openai.com whatever the base URL.
    const noTraces = { OPENAI_AGENTS_DISABLE_TRACING: process.env['OPENAI_AGENTS_DISABLE_TRACING'] ?? '1' }
    const ended = await runCommand(cmd, server, { ...noTraces, ...key })
    const report = await server.close()
    reportUnanswered(report)
    reportPlayed(report)
    const endedWell = ended.status === 0
    if (flags.report !== undefined) await writeReport(flags.report, server, endedWell)
    const leftover = endedWell && flags.strictUnused === true && report.unused.length > 0
    if (leftover) say(explainUnused(report.unused))
    settle(endedWell && (report.unanswered > 0 || leftover) ? EXIT.finding : ended.status)
  })
}

interface ReplayFlags extends ServerFlags, RunFlags, TlsFlags {
  readonly strictUnused?: true
}

function wrapping(command: Command): Command {
  return withTlsFlags(withServerFlags(command))
    .argument('<cmd...>', 'the command, after --')
    .passThroughOptions()
}

function reportUnanswered({ findings, unanswered }: RunReport): void {
  for (const { outcome, reason } of findings)
    if (outcome === 'miss' || outcome === 'exhausted') say(reason ?? '')
  if (unanswered > 0) say(`${count(unanswered, 'request')} found no answer`)
}
