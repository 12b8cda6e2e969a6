import { nearest, showPair } from '../core/near-miss.ts'
import { splitTarget } from '../core/http.ts'
import type { Identity } from '../core/matchers.ts'
import type { Catalog, Entry } from './catalog.ts'

export interface Unanswered {
  readonly asked: Identity
  readonly catalog: Catalog
  /** The cassette, or the directory, that was looked in. */
  readonly where: string
  /** The command that would record the request. */
  readonly remedy: string
}

/** Why a request was not answered: what was nearest, where it differs, what to do. */
export function explainMiss({ asked, catalog, where, remedy }: Unanswered): string {
  const lines = [`No recorded request matches ${address(asked)} in ${where}.`]
  const near = nearest(asked.parts, catalog.entries, (entry) => entry.identity.parts)
  if (near === undefined) lines.push('Nothing is recorded there.')
  else {
    lines.push(`The nearest is ${nameOf(near.candidate, catalog)}. It differs in:`)
    for (const { path, recorded, received } of near.differences.slice(0, SHOWN)) {
      const shown = showPair(recorded, received)
      lines.push(`  ${path}`, `    recorded: ${shown.recorded}`, `    received: ${shown.received}`)
    }
    const more = near.differences.length - SHOWN
    if (more > 0) lines.push(`  and ${more} or more other places`)
  }
  return [...lines, `To record it: ${remedy}`].join('\n')
}

/** Differences shown in a message. */
const SHOWN = 10

export function explainExhausted(
  { asked, catalog, where, remedy }: Unanswered,
  recorded: readonly Entry[],
): string {
  const times = recorded.length === 1 ? 'once' : `${recorded.length} times`
  return [
    `${address(asked)} was recorded ${times} in ${where}, and this session asked for it more often.`,
    `Its last answer was ${nameOf(recorded.at(-1) as Entry, catalog)}.`,
    `If asking again is right, answer with the last one (repeat: 'last', --repeat last), start over (cycle), or record anew: ${remedy}`,
  ].join('\n')
}

function address({ parts }: Identity): string {
  return `${parts.method} ${parts.path}`
}

function nameOf(entry: Entry, catalog: Catalog): string {
  const { request, response } = entry.interaction
  const number = catalog.entries.filter((each) => each.cassette === entry.cassette).indexOf(entry) + 1
  return `interaction ${number} of '${entry.cassette}' (${request.method} ${splitTarget(request.path).path}, status ${response.status})`
}
