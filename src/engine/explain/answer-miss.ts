import type { RecordedRequest } from '../../cassette/cassette.ts'
import { type HttpResponse, splitTarget } from '../../http/message.ts'
import type { Outcome } from '../../match/lookup.ts'
import type { Identity } from '../../match/identity.ts'
import type { Entry } from '../library/catalog.ts'
import { explainExhausted, explainMiss, type Unanswered } from './explain.ts'
import type { Finder } from '../replay/finder.ts'
import type { Journal } from '../journal.ts'
import type { Setting } from '../setting.ts'
import type { Trail } from '../scope.ts'

export type Unfound = Exclude<Outcome<Entry>, { kind: 'hit' }>

/** What of a session tells why a request has no answer. */
export interface Refusing {
  readonly setting: Setting
  readonly finder: Finder
  readonly journal: Journal
  readonly played: ReadonlySet<Entry>
}

/** Answers a request that has no recorded answer with why not, and what would help. */
export async function refuse(
  { setting, finder, journal, played }: Refusing,
  outcome: Unfound,
  { asked, identity, trail }: { asked: RecordedRequest; identity: Identity; trail: Trail | undefined },
): Promise<HttpResponse> {
  const unanswered: Unanswered = { asked, identity, played, ...setting }
  const { path } = splitTarget(asked.path)
  // Put down at once: whoever looks next is to see it, and why takes a look into the directory.
  const settle = journal.add(
    { method: asked.method, path, outcome: outcome.kind, status: 404 },
    trail?.journal,
  )
  const reason =
    outcome.kind === 'miss'
      ? await explainMiss(unanswered)
      : explainExhausted(unanswered, outcome.recorded, finder.timesAsked(outcome.recorded))
  settle({ reason })
  return setting.dialect.errors.custom(404, `replay_${outcome.kind}`, reason)
}
