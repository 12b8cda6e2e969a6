import { describe, expect, test } from 'vitest'

export interface Violation {
  /** What breaks the law, as a list of exceptions spells it. */
  readonly at: string
  /** How it breaks it. */
  readonly detail?: string | undefined
}

/**
 * A law of the source tree, with the exceptions that it still has, each with its reason. The list may only
 * shrink: a new violation fails, and so does an exception that nothing needs any more.
 */
export function law(
  name: string,
  violations: readonly Violation[],
  exceptions: Readonly<Record<string, string>> = {},
): void {
  describe(name, () => {
    test('holds', () => {
      const refused = violations.filter(({ at }) => !Object.hasOwn(exceptions, at))
      expect(refused.map(({ at, detail }) => (detail === undefined ? at : `${at}: ${detail}`))).toEqual([])
    })
    test('has no exception that nothing needs any more', () => {
      const needed = new Set(violations.map(({ at }) => at))
      const unneeded = Object.keys(exceptions).filter((at) => !needed.has(at))
      expect(unneeded, 'these hold now: delete their lines from the exceptions').toEqual([])
    })
  })
}
