import { type Headers, headerValue } from '../http/message.ts'
import type { Change, ComparableDocument, ComparableView, DriftRules } from '../api/drift.ts'
import { compareJson } from './compare-json.ts'
import type { ChangeLevel } from './json-pair.ts'

/** A change at one place, before equal changes are merged. */
export interface SingleChange extends Omit<Change, 'times'> {
  readonly level: ChangeLevel
}

/** Compares two bodies. Bodies of different forms count as one change, whatever their content. */
export function compareViews(
  side: Change['in'],
  before: ComparableView,
  after: ComparableView,
  rules: DriftRules,
): SingleChange[] {
  if (before.form !== after.form) {
    const form = { level: 'structure', in: side, what: 'value', about: 'form', place: '' } as const
    return [{ ...form, before: formOf(before), after: formOf(after) }]
  }
  return [...compareEvents(side, before, after), ...compareDocuments(side, before, after, rules)]
}

function formOf({ form, note }: ComparableView): string {
  return note === undefined ? form : `${form}: ${note}`
}

function compareEvents(side: Change['in'], before: ComparableView, after: ComparableView): SingleChange[] {
  return [...new Set([...before.events.keys(), ...after.events.keys()])].flatMap((type): SingleChange[] => {
    const [was, is] = [before.events.get(type), after.events.get(type)]
    const event = { level: 'structure', in: side, about: 'event', place: type } as const
    if (was === undefined) return [{ ...event, what: 'added' }]
    if (is === undefined) return [{ ...event, what: 'removed' }]
    return was === is || !before.counted.has(type)
      ? []
      : [{ ...event, what: 'items', before: was, after: is }]
  })
}

/** Skips documents without a counterpart: `compareEvents` already reports their event. */
function compareDocuments(
  side: Change['in'],
  before: ComparableView,
  after: ComparableView,
  rules: DriftRules,
): SingleChange[] {
  const unmatched = Map.groupBy(before.documents, ({ label }) => label)
  const pairs = after.documents.flatMap((document): [ComparableDocument, ComparableDocument][] => {
    const match = unmatched.get(document.label)?.shift()
    return match === undefined ? [] : [[match, document]]
  })
  return pairs.flatMap(([{ json: was }, { json: is, event }]) =>
    compareJson(was, is, rules).map((change) => ({
      ...change,
      in: side,
      about: 'json' as const,
      ...(event === undefined ? {} : { event }),
    })),
  )
}

/** Compares headers by the header rules. Every recorded request header counts. */
export function compareHeaders(
  side: Change['in'],
  before: Headers,
  after: Headers,
  rules: DriftRules,
): SingleChange[] {
  const names = new Set([...before, ...after].map(([name]) => name))
  names.delete('content-type')
  return [...names].flatMap((name): SingleChange[] => {
    const rule = side === 'request' ? 'value' : rules.headerRule(name)
    const [was, is] = [headerValue(before, name), headerValue(after, name)]
    if (rule === 'ignored' || was === is) return []
    const header = { level: 'structure', in: side, about: 'header', place: name } as const
    if (was === undefined) return [{ ...header, what: 'added', after: is as string }]
    if (is === undefined) return [{ ...header, what: 'removed', before: was }]
    return rule === 'presence' ? [] : [{ ...header, what: 'value', before: was, after: is }]
  })
}
