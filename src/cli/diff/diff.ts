import { Command, Option } from 'commander'
import { changedInKind } from '../../api/drift.ts'
import { driftJson } from '../../drift/drift-json.ts'
import { driftMarkdown } from '../../drift/drift-markdown.ts'
import { driftText } from '../../drift/drift-text.ts'
import type { Named } from '../../drift/headings.ts'
import { resolveOptions } from '../../vcr/options/options.ts'
import { FileStore } from '../../node/file-store.ts'
import { pairsToCompare } from './cassette-pairs.ts'
import { EXIT, type Settle } from '../exit.ts'
import { withCassettesFlag } from '../flags/server-flags.ts'
import { print } from '../terminal/say.ts'
import { settledDriftOf } from './drift-without-polls.ts'

interface DiffFlags {
  readonly cassettes?: string
  readonly json?: true
  readonly markdown?: true
}

export function diffCommand(settle: Settle): Command {
  const command = new Command('diff').description(
    'Tell what changed from one recording to another: in kind (fields, types, tools and their arguments, finish reasons, status), apart from in words. Ends with 1 if anything changed in kind.',
  )
  return withCassettesFlag(command)
    .argument('<a>', 'the earlier one: a cassette, its YAML file, or a directory of cassettes')
    .argument('<b>', 'the later one')
    .option('--json', 'as JSON')
    .addOption(new Option('--markdown', 'for a comment on a pull request').conflicts('json'))
    .action(async (a: string, b: string, flags: DiffFlags) => {
      const env = flags.cassettes === undefined ? {} : { dir: flags.cassettes }
      const { dir } = resolveOptions({}, process.env, env)
      const drifts: Named[] = []
      for (const { name, before, after } of await pairsToCompare(new FileStore(dir), a, b))
        drifts.push({ name, drift: settledDriftOf(await before(), await after()) })
      if (flags.json) print(driftJson(drifts))
      else print(flags.markdown ? driftMarkdown(drifts) : textOf(drifts))
      if (drifts.some(({ drift }) => changedInKind(drift))) settle(EXIT.finding)
    })
}

/** Of several cassettes those without changes are counted. */
function textOf(drifts: readonly Named[]): string {
  const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
  const shown = drifts.filter(({ drift }) => drifts.length === 1 || drift.interactions.length > 0)
  const same = drifts.length - shown.length
  return [
    ...shown.map(({ name, drift }) => driftText(name, drift, colour)),
    ...(same > 0 ? [`${same === 1 ? '1 cassette' : `${same} cassettes`} without changes`] : []),
  ].join('\n')
}
