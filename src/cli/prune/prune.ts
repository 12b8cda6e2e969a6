import type { Command } from 'commander'
import { UsageError } from '../../messages/errors.ts'
import type { ReplayReport } from '../../cassette/replay-report.ts'
import { resolveOptions } from '../../vcr/options/options.ts'
import { FileStore } from '../../node/file-store.ts'
import { agrees } from '../terminal/ask.ts'
import { EXIT, type Settle } from '../exit.ts'
import { withCassettesFlag } from '../flags/server-flags.ts'
import { findUnplayed, type Found, removeBlobs, removeUnplayed } from './unplayed.ts'
import { count } from '../run/run-summary.ts'
import { readReport } from '../report-file.ts'
import { print, say, type World } from '../world.ts'

interface PruneFlags {
  readonly report: readonly string[]
  readonly cassettes?: string
  readonly yes?: true
  readonly dryRun?: true
  readonly json?: true
}

export function definePrune(command: Command, world: World, settle: Settle): void {
  withCassettesFlag(command)
    .requiredOption('--report <files...>', "a run's report; with several, what any of the runs played stays")
    .option('--yes', 'do not ask; delete cassettes of which nothing would be left as well')
    .option('--dry-run', 'list only')
    .option('--json', 'as JSON')
    .action(async (flags: PruneFlags) => {
      const env = flags.cassettes === undefined ? {} : { dir: flags.cassettes }
      const { dir } = resolveOptions({}, world.env, env)
      const store = new FileStore(dir)
      const found = await findUnplayed(store, await readReports(flags.report))
      for (const message of found.messages) say(world, message)
      if (found.messages.length > 0) settle(EXIT.finding)
      if (found.unknown.length > 0) say(world, `in no report, and left alone: ${found.unknown.join(', ')}`)
      if (!flags.json && found.unplayed.length > 0) print(world, asText(found))
      const removes = flags.dryRun !== true && found.unplayed.length > 0 && (await mayRemove(world, flags))
      const removed = removes ? await prune(world, store, found, flags.yes === true) : NOTHING
      if (removed.left > 0) settle(EXIT.finding)
      if (flags.json) print(world, JSON.stringify({ unplayed: found.unplayed, ...removed }, null, 2))
      if (found.unplayed.length === 0) say(world, 'nothing to remove')
    })
}

interface Removed {
  readonly interactions: number
  /** Bodies in files of their own. */
  readonly blobs: readonly string[]
  /** Cassettes that could not be pruned. */
  readonly left: number
}

const NOTHING: Removed = { interactions: 0, blobs: [], left: 0 }

async function prune(world: World, store: FileStore, found: Found, deletes: boolean): Promise<Removed> {
  let interactions = 0
  let left = 0
  const named: string[] = []
  for (const each of found.unplayed) {
    const result = await removeUnplayed(store, each, deletes)
    say(world, result.message)
    if (result.kind === 'left') left++
    else {
      interactions += each.unplayed.length
      named.push(...result.blobs)
    }
  }
  const blobs = await removeBlobs(store, named)
  if (blobs.length > 0)
    say(world, `removed ${count(blobs.length, 'file')} from blobs/ that no cassette names any more`)
  return { interactions, blobs, left }
}

async function readReports(files: readonly string[]): Promise<readonly ReplayReport[]> {
  const playbacks: ReplayReport[] = []
  for (const file of files) {
    const playback = await readReport(file)
    if (!playback.complete)
      throw new UsageError(
        `${file} is of a run that did not end well, and so may not have asked for all: run it again`,
      )
    playbacks.push(playback)
  }
  return playbacks
}

/** @throws UsageError when there is nobody to ask */
async function mayRemove(world: World, { yes }: PruneFlags): Promise<boolean> {
  if (yes) return true
  if (!world.stdin.isTTY)
    throw new UsageError(
      'nothing is removed without a yes: no terminal to ask at, so give --yes (or --dry-run)',
    )
  const agreed = await agrees(world, 'Remove these? [y/N] ')
  if (!agreed) say(world, 'nothing was removed')
  return agreed
}

function asText({ unplayed }: Found): string {
  return unplayed
    .flatMap(({ file, interactions, unplayed: those }) => [
      `${file}: ${those.length} of ${count(interactions, 'interaction')} never played`,
      ...those.map(
        ({ position, method, path, status }) => `  ${position + 1}. ${method} ${path} (${status})`,
      ),
    ])
    .join('\n')
}
