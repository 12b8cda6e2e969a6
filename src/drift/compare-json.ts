import { isHashed } from '../match/identity.ts'
import { canonicalJson, isJsonObject, type Json, parseJson } from '../json/json.ts'
import type { Grammar, Rule } from '../api/drift.ts'
import { pairItems } from './pair-items.ts'
import { below, type Found, isScalar, type Pair, type Step, typeOf } from './pair.ts'

/** Where two values differ, in their order: in kind, and in words. */
export function compareJson(before: Json | undefined, after: Json | undefined, grammar: Grammar): Found[] {
  const found: Found[] = []
  const todo: Pair[] = [{ path: '$', keys: [], before, after }]
  for (let pair = todo.pop(); pair !== undefined; pair = todo.pop()) {
    const step = compared(pair, grammar)
    found.push(...(step.found ?? []))
    for (const each of step.inner?.toReversed() ?? []) todo.push(each)
  }
  return found
}

function compared(pair: Pair, grammar: Grammar): Step {
  const { before, after, path, keys } = pair
  const rule = pair.closed ? 'closed' : grammar.ruleOf(keys)
  if (rule === 'omitted' || before === after) return {}
  if (before === undefined) return told({ of: 'kind', what: 'came', place: path, after: after as Json })
  if (after === undefined) return told({ of: 'kind', what: 'went', place: path, before })
  if (rule === 'arguments') return comparedArguments(pair, grammar)
  if (rule === 'volatile' && isScalar(before) && isScalar(after)) return {}
  if (typeOf(before) !== typeOf(after)) return told({ of: 'kind', what: 'type', place: path, before, after })
  if (rule === 'whole' || (isHashed(before) && isHashed(after)))
    return canonicalJson(before) === canonicalJson(after) ? {} : changed('words', pair)
  if (isJsonObject(before) && isJsonObject(after)) return { inner: members(pair, before, after) }
  if (Array.isArray(before) && Array.isArray(after))
    return pairItems({ ...pair, before, after }, rule, grammar)
  return comparedScalars(pair, rule, grammar)
}

/** Arguments that are no JSON on both sides are compared as a text. */
function comparedArguments(pair: Pair, grammar: Grammar): Step {
  const [before, after] = [pair.before, pair.after].map((each) =>
    typeof each === 'string' ? parseJson(each) : each,
  )
  return isJsonObject(before) && isJsonObject(after)
    ? { inner: [{ ...pair, closed: true, before, after }] }
    : compared({ ...pair, closed: true }, grammar)
}

function members(
  pair: Pair,
  before: { readonly [key: string]: Json },
  after: { readonly [key: string]: Json },
): Pair[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((key) => ({
    ...pair,
    path: pair.path + (/^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`),
    keys: below(pair.keys, key),
    before: Object.hasOwn(before, key) ? before[key] : undefined,
    after: Object.hasOwn(after, key) ? after[key] : undefined,
  }))
}

function comparedScalars(pair: Pair, rule: Rule, grammar: Grammar): Step {
  const { before, after } = pair
  const isSame =
    typeof before === 'string' && typeof after === 'string'
      ? grammar.withoutIds(before) === grammar.withoutIds(after)
      : before === after
  if (isSame) return {}
  return changed(rule === 'closed' || typeof before === 'boolean' ? 'kind' : 'words', pair)
}

function changed(of: Found['of'], { path, before, after }: Pair): Step {
  return told({ of, what: 'value', place: path, before: before as Json, after: after as Json })
}

function told(difference: Found): Step {
  return { found: [difference] }
}
