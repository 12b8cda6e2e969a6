import { optionsFrom } from '../json/input/place.ts'
import { oneOf, type Shape } from '../json/input/shape.ts'

export const MODES = ['replay', 'record-missing', 'once', 'record', 'live'] as const
export type Mode = (typeof MODES)[number]

export const MODE: Shape<Mode> = oneOf(MODES)

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

/**
 * Resolves the mode: from the command line, else the environment, else the code, else replay. Under CI, a recording
 * mode that was set only in code becomes replay, so that a build never records by accident.
 * @param redact takes secrets out of the message
 * @throws UsageError for an unknown mode in the environment
 */
export function resolveMode(
  given: { flag?: Mode | undefined; code?: Mode | undefined },
  env: Env,
  redact: (text: string) => string,
): Mode {
  if (given.flag !== undefined) return given.flag
  const fromEnv = env['OPENAI_VCR_MODE']
  if (fromEnv !== undefined && fromEnv !== '')
    return MODE.read(fromEnv, optionsFrom('OPENAI_VCR_MODE', redact))
  if (env['USE_REAL_OPENAI'] === 'true') return 'live'
  return isCi(env) ? 'replay' : (given.code ?? 'replay')
}

export function isCi(env: Env): boolean {
  return isSet(env['CI'])
}

export type Env = Readonly<Record<string, string | undefined>>

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false' && value !== '0'
}
