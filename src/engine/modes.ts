import { UsageError } from '../messages/errors.ts'

export const MODES = ['replay', 'record-missing', 'once', 'record', 'live'] as const
export type Mode = (typeof MODES)[number]

const ALIASES: Readonly<Record<string, Mode>> = {
  none: 'replay',
  playback: 'replay',
  new_episodes: 'record-missing',
  auto: 'record-missing',
  all: 'record',
  rewrite: 'record',
  off: 'live',
  passthrough: 'live',
}

/** What a mode does with the cassette and the upstream. */
export interface Plan {
  readonly reads: boolean
  readonly asks: 'never' | 'for-missing' | 'always'
  readonly writes: 'never' | 'adds' | 'replaces'
}

export function planOf(mode: Mode, cassetteExisted: boolean): Plan {
  switch (mode) {
    case 'replay':
      return { reads: true, asks: 'never', writes: 'never' }
    case 'record-missing':
      return { reads: true, asks: 'for-missing', writes: 'adds' }
    case 'once':
      return cassetteExisted ? planOf('replay', true) : planOf('record-missing', false)
    case 'record':
      return { reads: false, asks: 'always', writes: 'replaces' }
    case 'live':
      return { reads: false, asks: 'always', writes: 'never' }
  }
}

/** @throws UsageError that lists the known modes */
export function parseMode(text: string, from: string): Mode {
  const known =
    MODES.find((mode) => mode === text) ?? (Object.hasOwn(ALIASES, text) ? ALIASES[text] : undefined)
  if (known !== undefined) return known
  throw new UsageError(
    `unknown mode '${text}' in ${from}; the modes are ${MODES.join(', ')} (also accepted: ${Object.keys(ALIASES).join(', ')})`,
  )
}

/**
 * Resolves the mode: from the command line, else the environment, else the code,
 * else replay. Under CI, a recording mode that was set only in code becomes replay, so that
 * a build never records by accident.
 */
export function resolveMode(given: { flag?: string | undefined; code?: string | undefined }, env: Env): Mode {
  if (given.flag !== undefined) return parseMode(given.flag, '--mode')
  const fromEnv = env['OPENAI_VCR_MODE']
  if (fromEnv !== undefined && fromEnv !== '') return parseMode(fromEnv, 'OPENAI_VCR_MODE')
  if (env['USE_REAL_OPENAI'] === 'true') return 'live'
  const fromCode = given.code === undefined ? 'replay' : parseMode(given.code, "the option 'mode'")
  return isCi(env) ? 'replay' : fromCode
}

export function isCi(env: Env): boolean {
  return isSet(env['CI'])
}

export type Env = Readonly<Record<string, string | undefined>>

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0'
}
