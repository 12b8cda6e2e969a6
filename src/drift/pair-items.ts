import { canonicalJson, isJsonObject, type Json } from '../json/json.ts'
import type { ComparisonRule, DriftRules } from '../api/drift.ts'
import {
  childKeys,
  isScalar,
  type JsonChange,
  type JsonPair,
  MAX_DEPTH,
  type PairResult,
  typeOf,
} from './json-pair.ts'

interface ListPair extends JsonPair {
  readonly before: readonly Json[]
  readonly after: readonly Json[]
}

interface Item {
  readonly json: Json
  readonly index: number
  readonly name: string | undefined
}

/** Compares two lists. Items are paired by name: equal items first, the others in order. */
export function pairItems(lists: ListPair, rule: ComparisonRule, rules: DriftRules): PairResult {
  const { before, after, path, keys, inArguments } = lists
  if (before.every(isScalar) && after.every(isScalar)) return compareScalarLists(lists, rule, rules)
  const itemKeys = childKeys(keys, '[]')
  const itemOf = (json: Json, index: number): Item => ({
    json,
    index,
    name: inArguments || !isJsonObject(json) ? undefined : rules.itemName(json, itemKeys),
  })
  const isCounted = inArguments === true || rules.isCounted(keys)
  // The cost of these texts adds up in nested lists. Below the depth of the rules, items are paired by position instead.
  const textOf = ({ json, name, index }: Item): string =>
    keys.length < MAX_DEPTH ? rules.withoutIds(canonicalJson(json)) : `${name ?? ''} ${index}`
  const matched = matchItems({ before: before.map(itemOf), after: after.map(itemOf) }, isCounted, textOf)
  const inner = matched.pairs.map(([a, b]): JsonPair => {
    const name = b.name ?? a.name
    return { ...lists, path: `${path}[${name ?? ''}]`, keys: itemKeys, before: a.json, after: b.json }
  })
  return { changes: [...unpaired(lists, matched, isCounted), ...reordered(lists, matched)], inner }
}

function compareScalarLists(lists: ListPair, rule: ComparisonRule, rules: DriftRules): PairResult {
  const { before, after, path, keys, inArguments } = lists
  const isSame = (item: Json, i: number): boolean => {
    const other = after[i] as Json
    if (typeof item !== 'string' || typeof other !== 'string') return item === other
    return item === other || rules.withoutIds(item) === rules.withoutIds(other)
  }
  if (before.length === after.length && (rule === 'presence' || before.every(isSame))) return {}
  const place = `${path}[]`
  const [was, is] = [itemOfNewType(before, after), itemOfNewType(after, before)]
  if (was !== undefined || is !== undefined)
    return {
      changes: [
        {
          level: 'structure',
          what: 'type',
          place,
          before: was ?? (before[0] as Json),
          after: is ?? (after[0] as Json),
        },
      ],
    }
  if (before.length !== after.length && (inArguments === true || rules.isCounted(keys)))
    return {
      changes: [{ level: 'structure', what: 'items', place, before: before.length, after: after.length }],
    }
  const level = inArguments === true || rule === 'structure' ? 'structure' : 'wording'
  return { changes: [{ level, what: 'value', place: path, before, after }] }
}

/** Finds an item whose type does not occur in the other list; undefined if the other list is empty. */
function itemOfNewType(list: readonly Json[], other: readonly Json[]): Json | undefined {
  const types = new Set(other.map(typeOf))
  return types.size === 0 ? undefined : list.find((item) => !types.has(typeOf(item)))
}

interface ItemLists {
  readonly before: readonly Item[]
  readonly after: readonly Item[]
}

interface MatchedItems extends ItemLists {
  /** In the order of `after`. */
  readonly pairs: readonly (readonly [before: Item, after: Item])[]
  readonly removed: readonly Item[]
  readonly added: readonly Item[]
}

/** @param isCounted whether to pair all equal items first; if false, only those with a name whose count changed */
function matchItems(
  { before, after }: ItemLists,
  isCounted: boolean,
  textOf: (item: Item) => string,
): MatchedItems {
  const partners = new Map<Item, Item>()
  const taken = new Set<Item>()
  const matchBy = (
    keyOf: (item: Item) => string | undefined,
    isIncluded: (item: Item) => boolean = () => true,
  ): void => {
    const unmatched = Map.groupBy(
      before.filter((item) => !taken.has(item) && isIncluded(item)),
      keyOf,
    )
    for (const item of after) {
      const match = partners.has(item) || !isIncluded(item) ? undefined : unmatched.get(keyOf(item))?.shift()
      if (match === undefined) continue
      partners.set(item, match)
      taken.add(match)
    }
  }
  const [beforeByName, afterByName] = [before, after].map((items) => Map.groupBy(items, ({ name }) => name))
  const countChanged = ({ name }: Item): boolean =>
    beforeByName?.get(name)?.length !== afterByName?.get(name)?.length
  const texts = new Map<Item, string>()
  const text = (item: Item): string => {
    const known = texts.get(item) ?? textOf(item)
    texts.set(item, known)
    return known
  }
  const pairsEqualFirst = (item: Item): boolean => isCounted || countChanged(item)
  matchBy((item) => `${item.index} ${text(item)}`, pairsEqualFirst)
  matchBy(text, pairsEqualFirst)
  matchBy(({ name }) => name)
  // An item without a name can pair with any item: an item that lost or gained its name is not a new one.
  const unmatched = before.filter((item) => !taken.has(item))
  for (const item of after) {
    if (partners.has(item)) continue
    const match = unmatched.find(({ name }) => name === undefined || item.name === undefined)
    if (match === undefined) continue
    partners.set(item, match)
    unmatched.splice(unmatched.indexOf(match), 1)
  }
  const pairs = after.flatMap((item): [Item, Item][] => {
    const match = partners.get(item)
    return match === undefined ? [] : [[match, item]]
  })
  return { before, after, pairs, removed: unmatched, added: after.filter((item) => !partners.has(item)) }
}

/** Reports items without a counterpart. A name that only one list has is always a change in structure. */
function unpaired({ path }: ListPair, matched: MatchedItems, isCounted: boolean): JsonChange[] {
  const changes: JsonChange[] = []
  const numberOf = (items: readonly Item[], name: string | undefined): number =>
    items.filter((each) => each.name === name).length
  for (const name of new Set([...matched.removed, ...matched.added].map((item) => item.name))) {
    const place = `${path}[${name ?? ''}]`
    const [before, after] = [numberOf(matched.before, name), numberOf(matched.after, name)]
    const first = (items: readonly Item[]): Json => items.find((each) => each.name === name)?.json as Json
    if (before === 0 && (name !== undefined || matched.before.length === 0))
      changes.push({ level: 'structure', what: 'added', place, after: first(matched.added) })
    else if (after === 0 && (name !== undefined || matched.after.length === 0))
      changes.push({ level: 'structure', what: 'removed', place, before: first(matched.removed) })
    else changes.push({ level: isCounted ? 'structure' : 'wording', what: 'items', place, before, after })
  }
  return changes
}

/** Reports equal items in a different order, by name if the names differ, or by position from 1 otherwise. */
function reordered({ path }: ListPair, { before, after, pairs, removed, added }: MatchedItems): JsonChange[] {
  const positions = pairs.map(([item]) => item.index)
  if (removed.length > 0 || added.length > 0 || positions.every((position, i) => position === i)) return []
  const names = [before, after].map((items) => items.map(({ name }) => name ?? '')) as [string[], string[]]
  const order = names[0].some((name, i) => name !== names[1][i])
    ? { before: names[0], after: names[1] }
    : { before: positions.map((_, i) => i + 1), after: positions.map((position) => position + 1) }
  return [{ level: 'wording', what: 'order', place: `${path}[]`, ...order }]
}
