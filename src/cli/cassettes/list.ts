import type { Command } from 'commander'
import type { Cassette } from '../../cassette/cassette.ts'
import { CassetteError } from '../../messages/errors.ts'
import { counted } from '../../messages/figures.ts'
import { FileStore } from '../../node/file-store.ts'
import { EXIT, type SetExitStatus } from '../terminal/exit.ts'
import { cassetteDir, type CassettesFlag, withCassettesFlag } from '../flags/cassettes-flag.ts'
import { print, say, type World } from '../terminal/world.ts'
import { table } from '../terminal/table.ts'
import { tryToRead } from './try-to-read.ts'

interface CassetteRow {
  readonly name: string
  readonly file: string
  readonly interactions: number
  readonly recordedAt: string
  readonly upstream: string
}

export function defineList(command: Command, world: World, setExitStatus: SetExitStatus): void {
  withCassettesFlag(command)
    .option('--json', 'print JSON')
    .action(async (flags: CassettesFlag & { json?: true }) => {
      const dir = cassetteDir(world, flags)
      const store = new FileStore(dir)
      const rows: CassetteRow[] = []
      const names = await store.list()
      for (const name of names) {
        const read = await tryToRead(store, name)
        if (read instanceof CassetteError) {
          say(world, read.message)
          setExitStatus(EXIT.finding)
        } else rows.push(rowOf(name, store.fileOf(name), read.cassette))
      }
      if (flags.json) print(world, JSON.stringify(rows, null, 2))
      else if (names.length === 0) say(world, `no cassettes in ${dir}`)
      else if (rows.length > 0) print(world, textOf(rows))
    })
}

/** @param cassette undefined if the file was deleted meanwhile */
function rowOf(name: string, file: string, cassette: Cassette | undefined): CassetteRow {
  const { interactions = [], recordedAt = '', upstream = '' } = cassette ?? {}
  return { name, file, interactions: interactions.length, recordedAt, upstream }
}

function textOf(rows: readonly CassetteRow[]): string {
  return table([
    { cells: rows.map(({ name }) => name) },
    { cells: rows.map(({ interactions }) => counted(interactions, 'interaction')) },
    { cells: rows.map(({ recordedAt }) => recordedAt) },
    { cells: rows.map(({ upstream }) => upstream) },
  ])
}
