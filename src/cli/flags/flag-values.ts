import { Option } from 'commander'
import { optionsFrom } from '../../json/input/place.ts'
import { oneOf, parsed, type Shape, string } from '../../json/input/shape.ts'
import { type RedactRule, SECRET_PATTERN } from '../../redact/rules.ts'

/** Reads the value of a flag: `flagValue('--mode', MODE)`. Secrets are taken out of whatever the command line prints. */
export function flagValue<T>(flag: string, shape: Shape<T>): (value: string) => T {
  return (value) =>
    shape.read(
      value,
      optionsFrom(flag, (message) => message),
    )
}

/** The same for a number. */
export function flagNumber(flag: string, shape: Shape<number>): (value: string) => number {
  const isNumber = /^-?(?:\d+(?:\.\d*)?|\.\d+)$/
  return (value) =>
    shape.read(
      isNumber.test(value) ? Number(value) : value,
      optionsFrom(flag, (message) => message),
    )
}

/** The same for a flag that may be given again. */
export function flagValues<T>(
  flag: string,
  shape: Shape<T>,
): (value: string, before?: readonly T[]) => readonly T[] {
  return (value, before = []) => [...before, flagValue(flag, shape)(value)]
}

/** A flag that takes one of some words, which `--help` lists. */
export function choice(flags: string, description: string, words: readonly string[]): Option {
  const option = new Option(flags, description).choices(words)
  return option.argParser(flagValue(option.long ?? flags, oneOf(words)))
}

/** A regular expression for `redact`. */
export const REDACT_PATTERN: Shape<RedactRule> = parsed(
  string("a regular expression, such as 'cust_[a-z0-9]{8}'"),
  (pattern, place) => {
    try {
      return SECRET_PATTERN.read(new RegExp(pattern), place)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      return place.expected(REDACT_PATTERN.expected, pattern, `: ${error.message}`)
    }
  },
)
