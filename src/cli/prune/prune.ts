import type { Command } from 'commander'
import { UsageError } from '../../messages/errors.ts'
import { counted } from '../../messages/figures.ts'
import type { ReplayReport } from '../../cassette/replay-report.ts'
import { FileStore } from '../../node/file-store.ts'
import { confirm } from '../terminal/confirm.ts'
import { EXIT, type SetExitStatus } from '../terminal/exit.ts'
import { cassetteDir, type CassettesFlag, withCassettesFlag } from '../flags/cassettes-flag.ts'
import { removeUnneededBlobs } from './unneeded-blobs.ts'
import { findUnplayed, type PruneCandidates, removeUnplayed } from './unplayed.ts'
import { readReport } from '../run/report-file.ts'
import { print, say, type World } from '../terminal/world.ts'

interface PruneFlags extends CassettesFlag {
  readonly report: readonly string[]
  readonly yes?: true
  readonly dryRun?: true
  readonly json?: true
}

export function definePrune(command: Command, world: World, setExitStatus: SetExitStatus): void {
  withCassettesFlag(command)
    .requiredOption(
      '--report <files...>',
      'reports of complete runs; what any of these runs played is not removed',
    )
    .option('--yes', 'do not ask for confirmation; also delete cassettes that would end up empty')
    .option('--dry-run', 'only list what would be removed')
    .option('--json', 'print JSON')
    .action(async (flags: PruneFlags) => {
      const store = new FileStore(cassetteDir(world, flags))
      const found = await findUnplayed(store, await readReports(flags.report))
      for (const message of found.messages) say(world, message)
      if (found.messages.length > 0) setExitStatus(EXIT.finding)
      if (found.unknown.length > 0)
        say(world, `not in any report, so nothing is removed from: ${found.unknown.join(', ')}`)
      if (!flags.json && found.unplayed.length > 0) print(world, asText(found))
      const removes = flags.dryRun !== true && found.unplayed.length > 0 && (await mayRemove(world, flags))
      const removed = removes ? await prune(world, store, found, flags.yes === true) : NOTHING_REMOVED
      if (removed.left > 0) setExitStatus(EXIT.finding)
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

const NOTHING_REMOVED: Removed = { interactions: 0, blobs: [], left: 0 }

async function prune(
  world: World,
  store: FileStore,
  found: PruneCandidates,
  mayDelete: boolean,
): Promise<Removed> {
  let interactions = 0
  let left = 0
  const candidates: string[] = []
  for (const each of found.unplayed) {
    const result = await removeUnplayed(store, each, mayDelete)
    say(world, result.message)
    if (result.kind === 'left') left++
    else {
      interactions += each.unplayed.length
      candidates.push(...result.blobs)
    }
  }
  const blobs = await removeUnneededBlobs(store, candidates)
  if (blobs.length > 0)
    say(world, `removed ${counted(blobs.length, 'file')} from blobs/ that no cassette refers to any more`)
  return { interactions, blobs, left }
}

async function readReports(files: readonly string[]): Promise<readonly ReplayReport[]> {
  const reports: ReplayReport[] = []
  for (const file of files) {
    const report = await readReport(file)
    if (!report.complete)
      throw new UsageError(
        `${file} is the report of a run that failed, so requests may be missing from it. Run the command again.`,
      )
    reports.push(report)
  }
  return reports
}

/** @throws UsageError when there is no terminal to ask on */
async function mayRemove(world: World, { yes }: PruneFlags): Promise<boolean> {
  if (yes) return true
  if (!world.stdin.isTTY)
    throw new UsageError(
      'pruning needs confirmation, and there is no terminal to ask on: pass --yes, or --dry-run to only list',
    )
  const agreed = await confirm(world, 'Remove these? [y/N] ')
  if (!agreed) say(world, 'nothing was removed')
  return agreed
}

function asText({ unplayed }: PruneCandidates): string {
  return unplayed
    .flatMap(({ file, interactions, unplayed: those }) => [
      `${file}: ${those.length} of ${counted(interactions, 'interaction')} never played`,
      ...those.map(
        ({ position, method, path, status }) => `  ${position + 1}. ${method} ${path} (${status})`,
      ),
    ])
    .join('\n')
}
