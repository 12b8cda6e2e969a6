import fc from 'fast-check'
import type { CassetteOptions } from '../../src/vcr/options/options.ts'

/** A secret, what makes it one, and what else may stand in its place at a replay. */
export interface Secret {
  readonly value: string
  readonly variable?: string
  readonly redact?: CassetteOptions['redact']
  readonly others: readonly string[]
}

const LETTERS = [...'abcXYZ0123456789']
const letters = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...LETTERS), minLength: length, maxLength: length })

const odd = fc
  .tuple(
    letters(5),
    fc.array(
      fc.constantFrom('+', '/', '=', '"', '\\', '&', ' ', 'é', '%', "'", '~', 'a', '7', '\\"', '%2', '\\n'),
      { minLength: 3, maxLength: 7 },
    ),
    letters(5),
  )
  .map(([start, middle, end]) => `${start}${middle.join('')}${end}`)
  .filter((value) => value.length >= 12)
  .map((value) => ({ value, others: ['secret-redacted'] }))

const shaped = fc
  .tuple(fc.constantFrom('sk-', 'sk-proj-', 'sess-', 'ek_', 'org-', 'proj_'), letters(30), letters(30))
  .map(([prefix, one, two]) => ({
    value: `${prefix}Ab1${one}`,
    others: [`${prefix}Cd2${two}`, `${prefix.replace('sk-proj-', 'sk-')}redacted`],
  }))

const inEnvironment = fc
  .tuple(
    fc.constantFrom('OPENAI_API_KEY', 'SOME_KEY', 'GITHUB_TOKEN', 'THE_SECRET', 'DB_PASSWORD'),
    fc.oneof(odd, shaped),
  )
  .map(([variable, secret]): Secret => ({ ...secret, variable }))

const ruled = fc
  .tuple(
    fc.constantFrom<(value: string) => NonNullable<CassetteOptions['redact']>>(
      (value) => [value],
      () => [/cust_[A-Za-z0-9]{8,30}/],
      (match) => [{ match }],
    ),
    letters(20),
  )
  .map(([rule, tail]): Secret => ({
    value: `cust_${tail}`,
    redact: rule(`cust_${tail}`),
    others: ['secret-redacted'],
  }))

export const secrets: fc.Arbitrary<Secret> = fc.oneof(inEnvironment, shaped, ruled)
