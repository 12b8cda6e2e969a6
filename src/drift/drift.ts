import type { Cassette, Interaction, RecordedResponse } from '../cassette/cassette.ts'
import { headerValue } from '../http/message.ts'
import type { Json } from '../json/json.ts'
import type { Change, Changes, Drift, Grammar, InteractionDrift, Recorded } from '../api/drift.ts'
import { compareHeaders } from './compare-headers.ts'
import { compareReadings } from './compare-readings.ts'
import { Echoes } from './echoes.ts'
import { pairInteractions } from './pair-interactions.ts'
import { type Difference, summed } from './summed.ts'

/**
 * What changed from one recording to another: per interaction, in kind apart from in words. Ids, times
 * and how a stream was cut do not count. Two recordings that differ in nothing else have no changes.
 */
export function driftOf(before: Cassette, after: Cassette, grammar: Grammar): Drift {
  const echoes = new Echoes()
  const interactions: InteractionDrift[] = []
  let unchanged = 0
  for (const [i, j] of pairInteractions(before.interactions, after.interactions, grammar)) {
    const [a, b] = [before.interactions[i ?? -1], after.interactions[j ?? -1]]
    const changes = a === undefined || b === undefined ? cameOrWent(a) : compared(a, b, grammar, echoes)
    if (changes.kind.length + changes.words.length === 0) {
      unchanged++
      continue
    }
    const shown = (b ?? a) as Interaction
    const { method, path } = shown.request
    const places = { ...(i === undefined ? {} : { before: i }), ...(j === undefined ? {} : { after: j }) }
    interactions.push({ ...places, method, path, gist: grammar.gist(shown), ...changes })
  }
  return { before: recorded(before), after: recorded(after), interactions, unchanged }
}

function recorded({ upstream, recordedAt, interactions }: Cassette): Recorded {
  return { upstream, recordedAt, interactions: interactions.length }
}

/** An interaction that only one of the two has. */
function cameOrWent(before: Interaction | undefined): Changes {
  const what = before === undefined ? 'came' : 'went'
  return { kind: [{ in: 'request', what, about: 'interaction', place: '', times: 1 }], words: [] }
}

function compared(a: Interaction, b: Interaction, grammar: Grammar, echoes: Echoes): Changes {
  const paths = [a, b].map(({ request }) => grammar.withoutIds(request.path)) as [string, string]
  const asked = [
    ...compareValues('request', 'path', ...paths),
    ...compareHeaders('request', a.request.headers, b.request.headers, grammar),
    ...compareReadings('request', grammar.asked(a), grammar.asked(b), grammar),
  ].filter((each) => !echoes.has(each))
  const [was, is] = [a.response, b.response]
  const answered = [
    ...compareValues('response', 'status', was.status, is.status),
    ...compareValues('response', 'end', endOf(was), endOf(is)),
    ...compareValues('response', 'content type', contentTypeOf(was), contentTypeOf(is)),
    ...compareHeaders('response', was.headers, is.headers, grammar),
    ...compareReadings('response', grammar.answered(a), grammar.answered(b), grammar),
  ]
  for (const each of answered) echoes.add(each)
  return summed([...asked, ...answered])
}

function compareValues(side: Change['in'], about: Change['about'], before: Json, after: Json): Difference[] {
  return before === after ? [] : [{ of: 'kind', in: side, what: 'value', about, place: '', before, after }]
}

function endOf({ truncated }: RecordedResponse): string {
  return truncated ? 'broken off' : 'whole'
}

function contentTypeOf({ headers }: RecordedResponse): string | null {
  return headerValue(headers, 'content-type')?.toLowerCase().replaceAll(/\s/g, '') ?? null
}
