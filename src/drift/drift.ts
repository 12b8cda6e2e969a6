import type { Cassette, Interaction, RecordedResponse } from '../cassette/cassette.ts'
import { headerValue } from '../http/message.ts'
import { type Json, jsonText } from '../json/json.ts'
import type { Change, Changes, Drift, DriftRules, InteractionDrift, RecordingInfo } from '../api/drift.ts'
import { compareHeaders, compareViews, type SingleChange } from './compare-views.ts'
import { typeOf } from './json-pair.ts'
import { pairInteractions } from './pair-interactions.ts'

/**
 * Compares two recordings interaction by interaction, and separates changes in structure from changes in wording.
 * Ids, times and the way a stream was split into chunks are ignored.
 */
export function driftOf(before: Cassette, after: Cassette, rules: DriftRules): Drift {
  const earlierChanges = new ResponseChanges()
  const interactions: InteractionDrift[] = []
  let unchanged = 0
  for (const [i, j] of pairInteractions(before.interactions, after.interactions, rules)) {
    const [a, b] = [before.interactions[i ?? -1], after.interactions[j ?? -1]]
    const changes =
      a === undefined || b === undefined
        ? addedOrRemoved(a)
        : compareInteractions([a, b], rules, earlierChanges)
    if (changes.structure.length + changes.wording.length === 0) {
      unchanged++
      continue
    }
    const shown = (b ?? a) as Interaction
    const { method, path } = shown.request
    const positions = { ...(i === undefined ? {} : { before: i }), ...(j === undefined ? {} : { after: j }) }
    interactions.push({ ...positions, method, path, gist: rules.gist(shown), ...changes })
  }
  return { before: recordingInfo(before), after: recordingInfo(after), interactions, unchanged }
}

function recordingInfo({ upstream, recordedAt, interactions }: Cassette): RecordingInfo {
  return { upstream, recordedAt, interactions: interactions.length }
}

/** @param before undefined for an interaction that was added */
function addedOrRemoved(before: Interaction | undefined): Changes {
  const what = before === undefined ? 'added' : 'removed'
  return { structure: [{ in: 'request', what, about: 'interaction', place: '', times: 1 }], wording: [] }
}

function compareInteractions(
  [a, b]: readonly [Interaction, Interaction],
  rules: DriftRules,
  earlierChanges: ResponseChanges,
): Changes {
  const paths = [a, b].map(({ request }) => rules.withoutIds(request.path)) as [string, string]
  const requestChanges = [
    ...compareValues('request', 'path', ...paths),
    ...compareHeaders('request', a.request.headers, b.request.headers, rules),
    ...compareViews('request', rules.requestView(a), rules.requestView(b), rules),
  ].filter((change) => !earlierChanges.has(change))
  const [was, is] = [a.response, b.response]
  const responseChanges = [
    ...compareValues('response', 'status', was.status, is.status),
    ...compareValues('response', 'end', endOf(was), endOf(is)),
    ...compareValues('response', 'content type', contentTypeOf(was), contentTypeOf(is)),
    ...compareHeaders('response', was.headers, is.headers, rules),
    ...compareViews('response', rules.responseView(a), rules.responseView(b), rules),
  ]
  for (const change of responseChanges) earlierChanges.add(change)
  return merged([...requestChanges, ...responseChanges])
}

function compareValues(
  side: Change['in'],
  about: Change['about'],
  before: Json,
  after: Json,
): SingleChange[] {
  return before === after
    ? []
    : [{ level: 'structure', in: side, what: 'value', about, place: '', before, after }]
}

function endOf({ truncated }: RecordedResponse): string {
  return truncated ? 'cut off' : 'complete'
}

function contentTypeOf({ headers }: RecordedResponse): string | null {
  return headerValue(headers, 'content-type')?.toLowerCase().replaceAll(/\s/g, '') ?? null
}

/**
 * The changes in earlier responses. A later request that only repeats such a change, because it sends the response
 * back, counts as unchanged.
 */
class ResponseChanges {
  readonly #keys = new Set<string>()

  add(change: SingleChange): void {
    const key = valuesKey(change)
    if (key !== undefined) this.#keys.add(key)
  }

  has(change: SingleChange): boolean {
    const key = valuesKey(change)
    return key !== undefined && this.#keys.has(key)
  }
}

/** Numbers may be equal by chance, so they only get a key in a tool's arguments, and under the same name. */
function valuesKey({ what, place, before, after }: SingleChange): string | undefined {
  if (before === undefined || after === undefined) return undefined
  if (what === 'order') return jsonText([what, before, after])
  if (what !== 'value') return undefined
  const argument = /\.arguments(.*)$/.exec(place)?.[1]
  if (argument === undefined && typeof before !== 'string') return undefined
  return jsonText([typeof before === 'string' ? '' : (argument ?? ''), before, after])
}

/**
 * Merges equal changes. Streams repeat values, and a change in one item often occurs in all items. For wording, only
 * the first change at each place is kept.
 */
function merged(changes: readonly SingleChange[]): Changes {
  const structure = changes.filter(({ level }) => level === 'structure')
  const wording = firstOfEqualTexts(changes.filter(({ level }) => level === 'wording'))
  return {
    structure: countEqual(structure, ({ in: side, what, about, place, before, after }) => {
      const values = what === 'added' || what === 'removed' ? [] : [before ?? null, after ?? null]
      return jsonText([side, what, about, place, ...(what === 'type' ? values.map(typeOf) : values)])
    }),
    wording: countEqual(wording, ({ in: side, what, place }) => jsonText([side, what, place])),
  }
}

/** Drops repeats of a changed text, as several events of a stream may contain it. */
function firstOfEqualTexts(changes: readonly SingleChange[]): SingleChange[] {
  const known = new Set<string>()
  return changes.filter(({ in: side, before, after }) => {
    if (typeof before !== 'string' || typeof after !== 'string') return true
    const key = jsonText([side, before, after])
    if (known.has(key)) return false
    known.add(key)
    return true
  })
}

function countEqual(changes: readonly SingleChange[], keyOf: (change: SingleChange) => string): Change[] {
  return [...Map.groupBy(changes, keyOf).values()].map((equal) => {
    const { level: _level, ...first } = equal[0] as SingleChange
    return { ...first, times: equal.length }
  })
}
