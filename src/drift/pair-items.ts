import { canonicalJson, isJsonObject, type Json } from '../json/json.ts'
import type { Grammar, Rule } from '../api/drift.ts'
import { below, DEEPEST, type Found, isScalar, type Pair, type Step, typeOf } from './pair.ts'

interface Lists extends Pair {
  readonly before: readonly Json[]
  readonly after: readonly Json[]
}

/** An item with its place, and with what it is. */
interface Item {
  readonly json: Json
  readonly index: number
  readonly name: string | undefined
}

/** Two lists: their items by name, equal ones first, then in their order. */
export function pairItems(lists: Lists, rule: Rule, grammar: Grammar): Step {
  const { before, after, path, keys, closed } = lists
  if (before.every(isScalar) && after.every(isScalar)) return comparedScalars(lists, rule, grammar)
  const itemKeys = below(keys, '[]')
  const item = (json: Json, index: number): Item => ({
    json,
    index,
    name: closed || !isJsonObject(json) ? undefined : grammar.nameOf(json, itemKeys),
  })
  const isCounted = closed === true || grammar.isCounted(keys)
  // The text of what stands in one another is long: at a depth where nothing is known any more it is not asked for.
  const textOf = ({ json, name, index }: Item): string =>
    keys.length < DEEPEST ? grammar.withoutIds(canonicalJson(json)) : `${name ?? ''} ${index}`
  const matched = matchedUp(before.map(item), after.map(item), isCounted, textOf)
  const inner = matched.pairs.map(([a, b]): Pair => {
    const name = b.name ?? a.name
    return { ...lists, path: `${path}[${name ?? ''}]`, keys: itemKeys, before: a.json, after: b.json }
  })
  return { found: [...lone(lists, matched, isCounted), ...reordered(lists, matched)], inner }
}

function comparedScalars({ before, after, path, keys, closed }: Lists, rule: Rule, grammar: Grammar): Step {
  const isSame = (item: Json, i: number): boolean => {
    const other = after[i] as Json
    if (typeof item !== 'string' || typeof other !== 'string') return item === other
    return item === other || grammar.withoutIds(item) === grammar.withoutIds(other)
  }
  if (before.length === after.length && (rule === 'volatile' || before.every(isSame))) return {}
  const place = `${path}[]`
  const [was, is] = [strangerIn(before, after), strangerIn(after, before)]
  if (was !== undefined || is !== undefined)
    return {
      found: [
        {
          of: 'kind',
          what: 'type',
          place,
          before: was ?? (before[0] as Json),
          after: is ?? (after[0] as Json),
        },
      ],
    }
  if (before.length !== after.length && (closed === true || grammar.isCounted(keys)))
    return { found: [{ of: 'kind', what: 'items', place, before: before.length, after: after.length }] }
  const of = closed === true || rule === 'closed' ? 'kind' : 'words'
  return { found: [{ of, what: 'value', place: path, before, after }] }
}

/** An item of a type that the other list has none of; undefined where that has no items. */
function strangerIn(list: readonly Json[], other: readonly Json[]): Json | undefined {
  const types = new Set(other.map(typeOf))
  return types.size === 0 ? undefined : list.find((item) => !types.has(typeOf(item)))
}

interface Matched {
  /** In the later order. */
  readonly pairs: readonly (readonly [before: Item, after: Item])[]
  readonly went: readonly Item[]
  readonly came: readonly Item[]
  /** All of them. */
  readonly before: readonly Item[]
  readonly after: readonly Item[]
}

/** @param isCounted whether the items are few, and each says something of its own */
function matchedUp(
  before: readonly Item[],
  after: readonly Item[],
  isCounted: boolean,
  textOf: (item: Item) => string,
): Matched {
  const partners = new Map<Item, Item>()
  const taken = new Set<Item>()
  const matchBy = (keyOf: (item: Item) => string | undefined, isAsked: (item: Item) => boolean): void => {
    const waiting = Map.groupBy(
      before.filter((item) => !taken.has(item) && isAsked(item)),
      keyOf,
    )
    for (const item of after) {
      const match = partners.has(item) || !isAsked(item) ? undefined : waiting.get(keyOf(item))?.shift()
      if (match === undefined) continue
      partners.set(item, match)
      taken.add(match)
    }
  }
  const numbers = [before, after].map((items) => Map.groupBy(items, ({ name }) => name))
  const isUneven = ({ name }: Item): boolean =>
    numbers[0]?.get(name)?.length !== numbers[1]?.get(name)?.length
  const texts = new Map<Item, string>()
  const text = (item: Item): string => {
    const known = texts.get(item) ?? textOf(item)
    texts.set(item, known)
    return known
  }
  const tells = (item: Item): boolean => isCounted || isUneven(item)
  matchBy((item) => `${item.index} ${text(item)}`, tells)
  matchBy(text, tells)
  matchBy(
    ({ name }) => name,
    () => true,
  )
  // What does not say what it is may be anything: a name that was lost is no other item.
  const waiting = before.filter((item) => !taken.has(item))
  for (const item of after) {
    if (partners.has(item)) continue
    const match = waiting.find(({ name }) => name === undefined || item.name === undefined)
    if (match === undefined) continue
    partners.set(item, match)
    waiting.splice(waiting.indexOf(match), 1)
  }
  const pairs = after.flatMap((item): [Item, Item][] => {
    const match = partners.get(item)
    return match === undefined ? [] : [[match, item]]
  })
  return { pairs, went: waiting, came: after.filter((item) => !partners.has(item)), before, after }
}

/** Items without a counterpart. A name that is new, or is gone, is a change in kind in every list. */
function lone({ path }: Lists, matched: Matched, isCounted: boolean): Found[] {
  const found: Found[] = []
  const numberOf = (items: readonly Item[], name: string | undefined): number =>
    items.filter((each) => each.name === name).length
  for (const name of new Set([...matched.went, ...matched.came].map((item) => item.name))) {
    const place = `${path}[${name ?? ''}]`
    const [before, after] = [numberOf(matched.before, name), numberOf(matched.after, name)]
    const sole = (items: readonly Item[]): Json => items.find((each) => each.name === name)?.json as Json
    if (before === 0 && (name !== undefined || matched.before.length === 0))
      found.push({ of: 'kind', what: 'came', place, after: sole(matched.came) })
    else if (after === 0 && (name !== undefined || matched.after.length === 0))
      found.push({ of: 'kind', what: 'went', place, before: sole(matched.went) })
    else found.push({ of: isCounted ? 'kind' : 'words', what: 'items', place, before, after })
  }
  return found
}

/** The same items in another order: by name, where that tells; else by number, from 1. */
function reordered({ path }: Lists, { before, after, pairs, went, came }: Matched): Found[] {
  const places = pairs.map(([item]) => item.index)
  if (went.length > 0 || came.length > 0 || places.every((place, i) => place === i)) return []
  const names = [before, after].map((items) => items.map(({ name }) => name ?? '')) as [string[], string[]]
  const order = names[0].some((name, i) => name !== names[1][i])
    ? { before: names[0], after: names[1] }
    : { before: places.map((_, i) => i + 1), after: places.map((place) => place + 1) }
  return [{ of: 'words', what: 'order', place: `${path}[]`, ...order }]
}
