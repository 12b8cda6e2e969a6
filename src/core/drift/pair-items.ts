import { canonicalJson, isJsonObject, type Json } from '../json.ts'
import type { Grammar, Rule } from './change.ts'
import { type Found, isScalar, type Pair, type Step, typeOf } from './pair.ts'

interface Lists extends Pair {
  readonly before: readonly Json[]
  readonly after: readonly Json[]
}

/** An item with what it is. */
interface Item {
  readonly json: Json
  readonly name: string | undefined
}

/** Two lists: their items by name and by their place among those of one name. */
export function pairItems(lists: Lists, rule: Rule, grammar: Grammar): Step {
  const { before, after, path, keys } = lists
  if (before.every(isScalar) && after.every(isScalar)) return comparedScalars(lists, rule, grammar)
  const itemKeys = [...keys, '[]']
  const item = (json: Json): Item => ({
    json,
    name: lists.closed || !isJsonObject(json) ? undefined : grammar.nameOf(json, itemKeys),
  })
  const matched = matchedUp(before.map(item), after.map(item))
  const inner = matched.pairs.map(([a, b]): Pair => {
    const name = b.name ?? a.name
    return { ...lists, path: `${path}[${name ?? ''}]`, keys: itemKeys, before: a.json, after: b.json }
  })
  const isCounted = lists.closed === true || grammar.isCounted(keys)
  return { found: [...lone(lists, matched, isCounted), ...reordered(lists, matched)], inner }
}

function comparedScalars({ before, after, path, keys, closed }: Lists, rule: Rule, grammar: Grammar): Step {
  const [a, b] = [before, after].map((list) => grammar.withoutIds(canonicalJson(list)))
  if (a === b || (rule === 'volatile' && before.length === after.length)) return {}
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
  readonly pairs: readonly (readonly [before: Item, after: Item])[]
  readonly went: readonly Item[]
  readonly came: readonly Item[]
  /** Names of all, in their order. */
  readonly before: readonly Item[]
  readonly after: readonly Item[]
}

function matchedUp(before: readonly Item[], after: readonly Item[]): Matched {
  const pairs: [Item, Item][] = []
  const came: Item[] = []
  const waiting = Map.groupBy(before, ({ name }) => name)
  for (const item of after) {
    const match = waiting.get(item.name)?.shift()
    if (match === undefined) came.push(item)
    else pairs.push([match, item])
  }
  const went = before.filter((item) => waiting.get(item.name)?.includes(item))
  // What does not say what it is may be anything: a name that was lost is no other item.
  const alone = came.filter((item) => {
    const match = went.find(({ name }) => name === undefined || item.name === undefined)
    if (match === undefined) return true
    went.splice(went.indexOf(match), 1)
    pairs.push([match, item])
    return false
  })
  return { pairs, went, came: alone, before, after }
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

/** The same items in another order. */
function reordered({ path }: Lists, { before, after, went, came }: Matched): Found[] {
  if (went.length > 0 || came.length > 0) return []
  const [a, b] = [before, after].map((items) => items.map(({ name }) => name ?? ''))
  if (a?.every((name, i) => name === b?.[i] || name === '' || b?.[i] === '')) return []
  return [{ of: 'words', what: 'order', place: `${path}[]`, before: a as string[], after: b as string[] }]
}
