import type { Command } from 'commander'
import type { Cassette } from '../../cassette/cassette.ts'
import { CassetteError, UsageError } from '../../messages/errors.ts'
import { type ReplayReport, timesPlayed } from '../../cassette/replay-report.ts'
import { whyAbsent } from '../../engine/library/search-scope.ts'
import { usageOfCassette } from '../../engine/usage/cassette-usage.ts'
import { systemClock } from '../../node/clock.ts'
import { FileStore } from '../../node/file-store.ts'
import { listPrices } from '../../node/prices.ts'
import { tiktoken } from '../../node/tokenizer.ts'
import { openai } from '../../openai/dialect.ts'
import { EXIT, type SetExitStatus } from '../terminal/exit.ts'
import { cassetteDir, type CassettesFlag, withCassettesFlag } from '../flags/cassettes-flag.ts'
import { choice } from '../flags/flag-values.ts'
import { readReport } from '../run/report-file.ts'
import { print, say, type World } from '../terminal/world.ts'
import { tryToRead } from '../cassettes/try-to-read.ts'
import { type By, BY, type CassetteStats, statsBy, statsJson } from './rows.ts'
import { statsTable } from './table.ts'
import { hashOfInteraction } from '../../cassette/notation/text.ts'

interface StatsFlags extends CassettesFlag {
  readonly by: By
  readonly report?: readonly string[]
  readonly json?: true
}

export function defineStats(command: Command, world: World, setExitStatus: SetExitStatus): void {
  withCassettesFlag(command)
    .argument('[names...]', 'cassettes to include (default: all in the directory)')
    .addOption(
      choice('--by <what>', 'what each row is for; test: all cassettes of a test file', BY).default(
        'cassette',
      ),
    )
    .option('--report <files...>', 'reports of runs; adds what their replays saved, at current prices')
    .option('--json', 'print JSON')
    .action(async (names: readonly string[], flags: StatsFlags) => {
      const dir = cassetteDir(world, flags)
      const store = new FileStore(dir)
      const chosen = await knownNames(store, names)
      const reports = flags.report && (await Promise.all(flags.report.map(readReport)))
      const all: CassetteStats[] = []
      for (const name of chosen) {
        const read = await tryToRead(store, name)
        if (read instanceof CassetteError) say(world, read.message)
        if (read instanceof CassetteError || read.cassette === undefined) setExitStatus(EXIT.finding)
        else all.push(statsOf(world, { name, cassette: read.cassette }, reports))
      }
      const stats = statsBy(flags.by, all)
      if (flags.json) print(world, statsJson(stats))
      else if (chosen.length === 0) say(world, `no cassettes in ${dir}`)
      else if (all.length > 0) print(world, statsTable(stats))
    })
}

/** @throws UsageError for a name that the directory lacks */
async function knownNames(store: FileStore, names: readonly string[]): Promise<readonly string[]> {
  const known = await store.list()
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return names.length === 0 ? known : [...new Set(names)]
  throw new UsageError(`there is no cassette '${unknown}': ${await whyAbsent(store, unknown)}`)
}

function statsOf(
  world: World,
  { name, cassette }: { readonly name: string; readonly cassette: Cassette },
  reports: readonly ReplayReport[] | undefined,
): CassetteStats {
  const reckoning = { dialect: openai, prices: listPrices, tokenizer: tiktoken }
  const { recordedAt, interactions } = cassette
  const recorded = usageOfCassette(cassette, reckoning)
  const stats = { cassette: name, recordedAt, interactions: interactions.length, recorded }
  if (reports === undefined) return stats
  const { times, changed } = timesPlayed(reports, name, interactions.map(hashOfInteraction))
  if (changed > 0)
    say(world, `'${name}' has changed since a reported run: what that run played from it is not counted`)
  if (times === undefined) return stats
  const today = systemClock.today()
  const timesOf = (position: number): number => times[position] ?? 0
  return {
    ...stats,
    replays: times.reduce((sum, each) => sum + each, 0),
    saved: usageOfCassette(cassette, { ...reckoning, on: today, times: timesOf }),
  }
}
