import type { Command } from 'commander'
import { CassetteError } from '../messages/errors.ts'
import { readCassette } from '../engine/library/read-cassette.ts'
import { resolveOptions } from '../vcr/options/options.ts'
import { FileStore } from '../node/file-store.ts'
import { EXIT, type Settle } from './exit.ts'
import { withCassettesFlag } from './flags/server-flags.ts'
import { count } from './run/run-summary.ts'
import { print, say, type World } from './world.ts'

interface Listed {
  readonly name: string
  readonly file: string
  readonly interactions: number
  readonly recordedAt: string
  readonly upstream: string
}

export function defineList(command: Command, world: World, settle: Settle): void {
  withCassettesFlag(command)
    .option('--json', 'as JSON')
    .action(async (flags: { cassettes?: string; json?: true }) => {
      const { dir } = resolveOptions(
        {},
        world.env,
        flags.cassettes === undefined ? {} : { dir: flags.cassettes },
      )
      const store = new FileStore(dir)
      const listed: Listed[] = []
      for (const name of await store.list()) {
        const found = await describe(store, name)
        if (typeof found !== 'string') listed.push(found)
        else {
          say(world, found)
          settle(EXIT.finding)
        }
      }
      if (flags.json) print(world, JSON.stringify(listed, null, 2))
      else if (listed.length === 0) say(world, `no cassettes in ${dir}`)
      else print(world, table(listed))
    })
}

/** The cassette in a line, or what is wrong with it. */
async function describe(store: FileStore, name: string): Promise<Listed | string> {
  try {
    const { cassette } = await readCassette(store, name)
    return {
      name,
      file: store.fileOf(name),
      interactions: cassette?.interactions.length ?? 0,
      recordedAt: cassette?.recordedAt ?? '',
      upstream: cassette?.upstream ?? '',
    }
  } catch (error) {
    if (error instanceof CassetteError) return error.message
    throw error
  }
}

function table(listed: readonly Listed[]): string {
  const rows = listed.map(({ name, interactions, recordedAt, upstream }) => [
    name,
    count(interactions, 'interaction'),
    recordedAt,
    upstream,
  ])
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
