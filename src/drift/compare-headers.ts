import { type Headers, headerValue } from '../http/message.ts'
import type { Change, Grammar } from '../api/drift.ts'
import type { Difference } from './summed.ts'

/** Headers of meaning that came or went; of a few, other values. A request's are those that have a meaning. */
export function compareHeaders(
  side: Change['in'],
  before: Headers,
  after: Headers,
  grammar: Grammar,
): Difference[] {
  const names = new Set([...before, ...after].map(([name]) => name))
  names.delete('content-type')
  return [...names].flatMap((name): Difference[] => {
    const rule = side === 'request' ? 'value' : grammar.headerRule(name)
    const [was, is] = [headerValue(before, name), headerValue(after, name)]
    if (rule === 'omitted' || was === is) return []
    const header = { of: 'kind', in: side, about: 'header', place: name } as const
    if (was === undefined) return [{ ...header, what: 'came', after: is as string }]
    if (is === undefined) return [{ ...header, what: 'went', before: was }]
    return rule === 'presence' ? [] : [{ ...header, what: 'value', before: was, after: is }]
  })
}
