import { isHashed } from '../match/identity.ts'
import { canonicalJson, isJsonObject, type Json, type JsonObject, parseJson } from '../json/json.ts'
import type { ComparisonRule, DriftRules } from '../api/drift.ts'
import { pairItems } from './pair-items.ts'
import {
  childKeys,
  type ChangeLevel,
  isScalar,
  type JsonChange,
  type JsonPair,
  type PairResult,
  typeOf,
} from './json-pair.ts'

/** Lists all changes between two values in document order. */
export function compareJson(
  before: Json | undefined,
  after: Json | undefined,
  rules: DriftRules,
): JsonChange[] {
  const changes: JsonChange[] = []
  const pending: JsonPair[] = [{ path: '$', keys: [], before, after }]
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const result = comparePair(pair, rules)
    changes.push(...(result.changes ?? []))
    for (const each of result.inner?.toReversed() ?? []) pending.push(each)
  }
  return changes
}

function comparePair(pair: JsonPair, rules: DriftRules): PairResult {
  const { before, after, path, keys } = pair
  const rule = pair.inArguments ? 'structure' : rules.ruleFor(keys)
  if (rule === 'ignored' || before === after) return {}
  if (before === undefined) return structuralChange({ what: 'added', place: path, after: after as Json })
  if (after === undefined) return structuralChange({ what: 'removed', place: path, before })
  if (rule === 'arguments') return compareArguments(pair, rules)
  if (rule === 'presence' && isScalar(before) && isScalar(after)) return {}
  if (typeOf(before) !== typeOf(after)) return structuralChange({ what: 'type', place: path, before, after })
  if (rule === 'opaque' || (isHashed(before) && isHashed(after)))
    return canonicalJson(before) === canonicalJson(after) ? {} : valueChange('wording', pair)
  if (isJsonObject(before) && isJsonObject(after)) return { inner: memberPairs(pair, before, after) }
  if (Array.isArray(before) && Array.isArray(after)) return pairItems({ ...pair, before, after }, rule, rules)
  return compareScalars(pair, rule, rules)
}

/** Compares arguments as JSON objects if both sides are, and as text otherwise. */
function compareArguments(pair: JsonPair, rules: DriftRules): PairResult {
  const [before, after] = [pair.before, pair.after].map((each) =>
    typeof each === 'string' ? parseJson(each) : each,
  )
  return isJsonObject(before) && isJsonObject(after)
    ? { inner: [{ ...pair, inArguments: true, before, after }] }
    : comparePair({ ...pair, inArguments: true }, rules)
}

function memberPairs(pair: JsonPair, before: JsonObject, after: JsonObject): JsonPair[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((key) => ({
    ...pair,
    path: pair.path + (/^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`),
    keys: childKeys(pair.keys, key),
    before: Object.hasOwn(before, key) ? before[key] : undefined,
    after: Object.hasOwn(after, key) ? after[key] : undefined,
  }))
}

function compareScalars(pair: JsonPair, rule: ComparisonRule, rules: DriftRules): PairResult {
  const { before, after } = pair
  const isSame =
    typeof before === 'string' && typeof after === 'string'
      ? rules.withoutIds(before) === rules.withoutIds(after)
      : before === after
  if (isSame) return {}
  return valueChange(rule === 'structure' || typeof before === 'boolean' ? 'structure' : 'wording', pair)
}

function valueChange(level: ChangeLevel, { path, before, after }: JsonPair): PairResult {
  return {
    changes: [{ level, what: 'value', place: path, before: before as Json, after: after as Json }],
  }
}

function structuralChange(change: Omit<JsonChange, 'level'>): PairResult {
  return { changes: [{ level: 'structure', ...change }] }
}
