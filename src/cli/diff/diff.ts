import { type Command, Option } from 'commander'
import { type CassetteDrift, hasStructuralChanges } from '../../api/drift.ts'
import { driftJson } from '../../drift/drift-json.ts'
import { driftMarkdown } from '../../drift/drift-markdown.ts'
import { driftText } from '../../drift/drift-text.ts'
import { counted } from '../../messages/figures.ts'
import { FileStore } from '../../node/file-store.ts'
import { cassettePairs } from './cassette-pairs.ts'
import { EXIT, type SetExitStatus } from '../terminal/exit.ts'
import { cassetteDir, type CassettesFlag, withCassettesFlag } from '../flags/cassettes-flag.ts'
import { hasColours, print, type World } from '../terminal/world.ts'
import { driftWithoutPolls } from './drift-without-polls.ts'

interface DiffFlags extends CassettesFlag {
  readonly json?: true
  readonly markdown?: true
}

export function defineDiff(command: Command, world: World, setExitStatus: SetExitStatus): void {
  withCassettesFlag(command)
    .argument('<a>', 'the older recording: a cassette, its YAML file, or a directory of cassettes')
    .argument('<b>', 'the newer recording')
    .option('--json', 'print JSON')
    .addOption(new Option('--markdown', 'print Markdown, for a pull request comment').conflicts('json'))
    .action(async (a: string, b: string, flags: DiffFlags) => {
      const store = new FileStore(cassetteDir(world, flags))
      const drifts: CassetteDrift[] = []
      for (const { name, before, after } of await cassettePairs(store, a, b))
        drifts.push({ name, drift: driftWithoutPolls(await before(), await after()) })
      if (flags.json) print(world, driftJson(drifts))
      else print(world, flags.markdown ? driftMarkdown(drifts) : textOf(drifts, hasColours(world)))
      if (drifts.some(({ drift }) => hasStructuralChanges(drift))) setExitStatus(EXIT.finding)
    })
}

/** Of several cassettes, those without changes are only counted. */
function textOf(drifts: readonly CassetteDrift[], colour: boolean): string {
  const shown = drifts.filter(({ drift }) => drifts.length === 1 || drift.interactions.length > 0)
  const same = drifts.length - shown.length
  return [
    ...shown.map(({ name, drift }) => driftText(name, drift, colour)),
    ...(same > 0 ? [`${counted(same, 'cassette')} unchanged`] : []),
  ].join('\n')
}
