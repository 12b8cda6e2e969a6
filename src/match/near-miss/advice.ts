import type { Difference } from './json-diff.ts'
import { VOLATILE, VOLATILE_RULES, type VolatileRule } from '../volatile.ts'

/** Explains a mismatch and suggests a fix. Undefined if no single cause explains all differences. */
export function advise(differences: readonly Difference[]): string | undefined {
  return adviseRules(differences) ?? adviseSpace(differences) ?? adviseBase(differences)
}

function adviseRules(differences: readonly Difference[]): string | undefined {
  const rules = volatileRules(differences)
  if (rules.length === 0) return undefined
  const names = rules.map((rule) => `'${rule}'`).join(', ')
  return `They differ only in ${rules.map((rule) => MEANINGS[rule]).join(' and ')}. To ignore these: matchers: { volatile: [${names}] }, or --volatile ${rules.join(',')}`
}

const MEANINGS: Readonly<Record<VolatileRule, string>> = {
  dates: 'dates or times',
  uuids: 'UUIDs',
  paths: 'temporary paths',
  ports: 'local ports',
}

/** The smallest set of rules for volatile text that removes all differences. Empty if even all rules leave some. */
export function volatileRules(differences: readonly Difference[]): VolatileRule[] {
  const texts = textsOf(differences)
  const matchBy = (rules: readonly VolatileRule[]): boolean =>
    texts.every(([a, b]) => withoutVolatile(a, rules) === withoutVolatile(b, rules))
  if (texts.length === 0 || !matchBy(VOLATILE_RULES)) return []
  return VOLATILE_RULES.reduce<readonly VolatileRule[]>((needed, rule) => {
    const without = needed.filter((each) => each !== rule)
    return matchBy(without) ? without : needed
  }, VOLATILE_RULES).slice()
}

function withoutVolatile(text: string, rules: readonly VolatileRule[]): string {
  return rules.reduce((out, rule) => VOLATILE[rule](out), text)
}

/** The pairs of strings that differ. Empty if anything but strings in the body differs. */
function textsOf(differences: readonly Difference[]): (readonly [string, string])[] {
  const texts = differences.flatMap(({ path, recorded, received }) =>
    path.startsWith('$') && typeof recorded === 'string' && typeof received === 'string'
      ? [[recorded, received] as const]
      : [],
  )
  return texts.length === differences.length ? texts : []
}

function adviseSpace(differences: readonly Difference[]): string | undefined {
  const texts = textsOf(differences)
  const bare = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
  if (texts.length === 0 || texts.some(([a, b]) => bare(a) !== bare(b))) return undefined
  return texts.every(([a, b]) => a.replaceAll('\r\n', '\n') === b.replaceAll('\r\n', '\n'))
    ? 'They differ only in line endings (\\r\\n or \\n): was a file checked out with other line endings?'
    : 'They differ only in white space.'
}

/** Explains requests that differ only in the path: mostly a wrong base URL. */
function adviseBase([only, ...others]: readonly Difference[]): string | undefined {
  if (only?.path !== 'path' || others.length > 0) return undefined
  const [recorded, received] = [String(only.recorded), String(only.received)]
  const base = recorded.endsWith(received)
    ? `the client's base URL lacks '${recorded.slice(0, -received.length)}' at its end`
    : received.endsWith(recorded)
      ? `the client's base URL has an extra '${received.slice(0, -recorded.length)}' at its end`
      : undefined
  return base === undefined ? 'Only the path differs.' : `Only the path differs: ${base}.`
}
