import type { Cassette, Interaction, RecordedResponse } from '../cassette/cassette.ts'
import { headerValue } from '../http/message.ts'
import { type Json, jsonText } from '../json/json.ts'
import type { Change, Changes, Drift, DriftRules, InteractionDrift, RecordingInfo } from '../api/drift.ts'
import { compareHeaders, compareViews, type SingleChange } from './compare-views.ts'
import { typeOf } from './json-pair.ts'
import { pairInteractions } from './pair-interactions.ts'

/**
 * What changed from one recording to another, interaction by interaction: structure apart from wording. Ids, times
 * and how a stream was cut do not count, so two recordings that differ in nothing else have no changes.
 */
export function driftOf(before: Cassette, after: Cassette, rules: DriftRules): Drift {
  const answered = new AnsweredChanges()
  const interactions: InteractionDrift[] = []
  let unchanged = 0
  for (const [i, j] of pairInteractions(before.interactions, after.interactions, rules)) {
    const [a, b] = [before.interactions[i ?? -1], after.interactions[j ?? -1]]
    const changes =
      a === undefined || b === undefined ? addedOrRemoved(a) : compareInteractions([a, b], rules, answered)
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
  answered: AnsweredChanges,
): Changes {
  const paths = [a, b].map(({ request }) => rules.withoutIds(request.path)) as [string, string]
  const ofRequest = [
    ...compareValues('request', 'path', ...paths),
    ...compareHeaders('request', a.request.headers, b.request.headers, rules),
    ...compareViews('request', rules.requestView(a), rules.requestView(b), rules),
  ].filter((change) => !answered.has(change))
  const [was, is] = [a.response, b.response]
  const ofResponse = [
    ...compareValues('response', 'status', was.status, is.status),
    ...compareValues('response', 'end', endOf(was), endOf(is)),
    ...compareValues('response', 'content type', contentTypeOf(was), contentTypeOf(is)),
    ...compareHeaders('response', was.headers, is.headers, rules),
    ...compareViews('response', rules.responseView(a), rules.responseView(b), rules),
  ]
  for (const change of ofResponse) answered.add(change)
  return summed([...ofRequest, ...ofResponse])
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

/** Changes of earlier answers: a later request that sends the answer back did not change of itself. */
class AnsweredChanges {
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

/** Equal numbers may be chance: they count in a tool's arguments only, under the same name. */
function valuesKey({ what, place, before, after }: SingleChange): string | undefined {
  if (before === undefined || after === undefined) return undefined
  if (what === 'order') return jsonText([what, before, after])
  if (what !== 'value') return undefined
  const argument = /\.arguments(.*)$/.exec(place)?.[1]
  if (argument === undefined && typeof before !== 'string') return undefined
  return jsonText([typeof before === 'string' ? '' : (argument ?? ''), before, after])
}

/**
 * Counts equal changes together: a stream repeats itself, and what changed in one item mostly changed in all. Of
 * wording, only the first change at each place is shown.
 */
function summed(changes: readonly SingleChange[]): Changes {
  const structure = changes.filter(({ level }) => level === 'structure')
  const wording = firstOfEqualTexts(changes.filter(({ level }) => level === 'wording'))
  return {
    structure: counted(structure, ({ in: side, what, about, place, before, after }) => {
      const values = what === 'added' || what === 'removed' ? [] : [before ?? null, after ?? null]
      return jsonText([side, what, about, place, ...(what === 'type' ? values.map(typeOf) : values)])
    }),
    wording: counted(wording, ({ in: side, what, place }) => jsonText([side, what, place])),
  }
}

/** A text that several events repeat changed once. */
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

function counted(changes: readonly SingleChange[], keyOf: (change: SingleChange) => string): Change[] {
  return [...Map.groupBy(changes, keyOf).values()].map((equal) => {
    const { level: _level, ...first } = equal[0] as SingleChange
    return { ...first, times: equal.length }
  })
}
