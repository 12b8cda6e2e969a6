import type { Command } from 'commander'
import { shellWord } from '../../messages/shell-word.ts'
import { DIRECTORY } from '../../vcr/options/options.ts'
import { resolveOptions } from '../../vcr/options/resolve-options.ts'
import type { World } from '../terminal/world.ts'
import { flagValue } from './flag-values.ts'

export interface CassettesFlag {
  readonly cassettes?: string
}

export function withCassettesFlag(command: Command): Command {
  return command.option(
    '--cassettes <dir>',
    'cassette directory (OPENAI_VCR_CASSETTES; default: cassettes)',
    flagValue('--cassettes', DIRECTORY),
  )
}

/** The cassette directory that the flag, else the environment names. */
export function cassetteDir({ env }: World, { cassettes }: CassettesFlag): string {
  return resolveOptions({}, env, cassettes === undefined ? {} : { dir: cassettes }).dir
}

/** Begins a command line that is to use the same directory; empty where it needs no flag. */
export function cassettesVariable({ cassettes }: CassettesFlag): string {
  return cassettes === undefined ? '' : `OPENAI_VCR_CASSETTES=${shellWord(cassettes)} `
}
