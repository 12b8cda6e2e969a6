import type { Change, Document, Grammar, Reading } from '../api/drift.ts'
import { compareJson } from './compare-json.ts'
import type { Difference } from './summed.ts'

/** What was told, compared: of two forms nothing but that they are two. */
export function compareReadings(
  side: Change['in'],
  before: Reading,
  after: Reading,
  grammar: Grammar,
): Difference[] {
  if (before.form !== after.form) {
    const [was, is] = [before, after].map(({ form, note }) =>
      note === undefined ? form : `${form}: ${note}`,
    )
    return [
      {
        of: 'kind',
        in: side,
        what: 'value',
        about: 'form',
        place: '',
        before: was as string,
        after: is as string,
      },
    ]
  }
  return [...compareEvents(side, before, after), ...compareDocuments(side, before, after, grammar)]
}

function compareEvents(side: Change['in'], before: Reading, after: Reading): Difference[] {
  return [...new Set([...before.events.keys(), ...after.events.keys()])].flatMap((type): Difference[] => {
    const [was, is] = [before.events.get(type), after.events.get(type)]
    const event = { of: 'kind', in: side, about: 'event', place: type } as const
    if (was === undefined) return [{ ...event, what: 'came' }]
    if (is === undefined) return [{ ...event, what: 'went' }]
    return was === is || !before.counted.has(type)
      ? []
      : [{ ...event, what: 'items', before: was, after: is }]
  })
}

/** Of each label the first with the first. One without a counterpart is told by its event. */
function compareDocuments(
  side: Change['in'],
  before: Reading,
  after: Reading,
  grammar: Grammar,
): Difference[] {
  const waiting = Map.groupBy(before.documents, ({ label }) => label)
  const pairs = after.documents.flatMap((document): [Document, Document][] => {
    const match = waiting.get(document.label)?.shift()
    return match === undefined ? [] : [[match, document]]
  })
  return pairs.flatMap(([{ json: was }, { json: is, event }]) =>
    compareJson(was, is, grammar).map((found) => ({
      ...found,
      in: side,
      about: 'json' as const,
      ...(event === undefined ? {} : { event }),
    })),
  )
}
