import type { Cassette } from '../cassette/cassette.ts'
import { CassetteError } from '../messages/errors.ts'
import { ageInWords, daysBetween, type Expiry, isOlderThan, oldestDay } from '../cassette/expiry.ts'
import type { Budget } from '../policies/budget/amount.ts'
import { shellWord } from '../messages/shell-word.ts'
import { readCassettes } from '../engine/library/read-cassette.ts'
import { type Env, isCi, type Mode, type Plan, planOf } from '../engine/modes.ts'
import { isNewWarning } from '../node/user-warnings.ts'
import type { Composition, ExpiryRules } from './composition.ts'

/**
 * Why an expired cassette is not recorded again automatically. Undefined where it is. The conditions make sure
 * that nobody gets an unexpected bill.
 * @param mode the mode set in code, if any
 */
export function whyKept(env: Env, mode: Mode | undefined, budget: Budget | undefined): string | undefined {
  if (isCi(env)) return 'this is a CI run'
  if (env['OPENAI_VCR_MODE']) return 'OPENAI_VCR_MODE is set'
  if (mode === 'replay') return "the mode is 'replay'"
  if (!env['OPENAI_API_KEY'] && !env['AZURE_OPENAI_API_KEY']) return 'OPENAI_API_KEY is not set'
  return budget === undefined ? "no 'budget' limits what that may cost" : undefined
}

/**
 * How to open a cassette: by the options, or to record it again where it has expired.
 * @throws CassetteError when it is broken, or has expired with the action `'fail'`
 */
export async function openingOf(
  name: string,
  exists: boolean,
  composition: Composition,
): Promise<{
  readonly mode: Mode
  readonly plan: Plan
  /** The cassette's contents, even where it is recorded again. */
  readonly recorded: ReadonlyMap<string, Cassette>
}> {
  const { mode } = composition.options
  const plan = planOf(mode, exists)
  const recorded = plan.reads
    ? await readCassettes(composition.dependencies.store, [name])
    : new Map<string, Cassette>()
  const cassette = recorded.get(name)
  if (cassette === undefined || !isToBeRerecorded(name, cassette, composition))
    return { mode, plan, recorded }
  return { mode: 'record', plan: planOf('record', true), recorded }
}

/**
 * Whether a cassette has expired and must be recorded again. Warns where an expired cassette is
 * replayed all the same.
 * @throws CassetteError where the action is `'fail'`
 */
function isToBeRerecorded(name: string, cassette: Cassette, composition: Composition): boolean {
  const { warn } = composition.dependencies
  const expired = expiredOf(name, cassette, composition)
  if (expired === undefined) return false
  const { expiry, what, recordCommand } = expired
  if (expiry.action === 'fail') throw new CassetteError(`${what}. ${recordCommand}`)
  const { keptAs } = composition.expiry as ExpiryRules
  if (expiry.action === 'rerecord' && keptAs === undefined) {
    warn(
      `${what}. It is re-recorded now, which sends requests to the API and costs money, but no more than the budget. To replay it as it is, set OPENAI_VCR_MODE=replay`,
    )
    return true
  }
  const why = expiry.action === 'rerecord' ? ` It is not re-recorded automatically: ${keptAs}.` : ''
  const warning = `${what}.${why} ${recordCommand}`
  // A test that is retried opens its cassette again.
  if (isNewWarning(warning)) warn(warning)
  return false
}

/**
 * Warns about the expired cassettes of a directory.
 * @throws CassetteError that names all expired cassettes with the action `'fail'`
 */
export function checkAges(cassettes: ReadonlyMap<string, Cassette>, composition: Composition): void {
  const failures: string[] = []
  for (const [name, cassette] of cassettes) {
    try {
      isToBeRerecorded(name, cassette, {
        ...composition,
        ...(composition.expiry && { expiry: inDirectory(composition.expiry) }),
      })
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error
      failures.push(error.message)
    }
  }
  if (failures.length > 0) throw new CassetteError(failures.join('\n'))
}

function inDirectory(rules: ExpiryRules): ExpiryRules {
  return {
    ...rules,
    keptAs: rules.keptAs ?? 'a whole directory is open, and it is unknown which cassettes the run will use',
  }
}

interface Expired {
  readonly expiry: Expiry
  readonly what: string
  readonly recordCommand: string
}

function expiredOf(
  name: string,
  cassette: Cassette,
  { expiry: rules, dependencies: { store, clock } }: Composition,
): Expired | undefined {
  const expiry = rules?.of(name, cassette.expires)
  if (expiry?.after === undefined) return undefined
  const [day, today] = [oldestDay(cassette), clock.today()]
  if (!isOlderThan(day, expiry.after, today)) return undefined
  const oldest = day === cassette.recordedAt ? 'was recorded' : 'has interactions recorded'
  const limit = ageInWords(expiry.after)
  const elsewhere = store.location === DEFAULT_DIRECTORY ? '' : ` --cassettes ${shellWord(store.location)}`
  return {
    expiry,
    what: `cassette '${name}' (${store.fileOf(name)}) ${oldest} on ${day}, ${daysBetween(day, today)} days ago, and expires after ${limit}`,
    recordCommand: `To re-record it: npx openai-vcr rerecord ${shellWord(name)}${elsewhere}`,
  }
}

/** The cassette directory by default. */
const DEFAULT_DIRECTORY = 'cassettes'
