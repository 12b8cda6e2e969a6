import { InvalidArgumentError } from 'commander'
import { UsageError } from '../../messages/errors.ts'
import type { RedactRule } from '../../redact/rules.ts'

/** For flags that may be given again. */
export function collect(text: string, all: readonly string[] = []): readonly string[] {
  return [...all, text]
}

export function wholeNumber(most: number): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) <= most) return Number(text)
    throw new InvalidArgumentError(`expected a whole number from 0 to ${most}.`)
  }
}

export function positive(text: string): number {
  if (Number(text) > 0 && Number.isFinite(Number(text))) return Number(text)
  throw new InvalidArgumentError('expected a number over 0.')
}

export function milliseconds(text: string): number {
  return text === '0' ? 0 : positive(text)
}

/** @throws UsageError for a pattern that is no regular expression */
export function redactRule(pattern: string): RedactRule {
  try {
    return new RegExp(pattern)
  } catch (error) {
    throw new UsageError(`--redact '${pattern}' is no regular expression: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
