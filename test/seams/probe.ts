import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'vitest'

/** A moved seam often shows as something that never comes, in ms. */
const LONGEST = 10_000

/**
 * A test of something that a package does and does not promise. When it fails, it names the installed version
 * and the file that depends on it.
 */
export function probe(seam: Seam, check: () => void | Promise<void>): void {
  const { of, what, usedIn } = seam
  test(`${of}: ${what}`, async () => {
    const late = new AbortController()
    const tooLate = sleep(LONGEST, undefined, { signal: late.signal }).then(() => {
      throw new Error(`nothing came for ${LONGEST} ms`)
    })
    try {
      await Promise.race([check(), tooLate])
    } catch (cause) {
      throw new Error(`${of} ${versionOf(of)} moved ${what}, which ${usedIn} depends on`, { cause })
    } finally {
      late.abort()
      await tooLate.catch(() => {})
    }
  })
}

interface Seam {
  /** The package. */
  readonly of: string
  readonly what: string
  readonly usedIn: string
}

function versionOf(name: string): string {
  if (name === 'node') return process.version
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
