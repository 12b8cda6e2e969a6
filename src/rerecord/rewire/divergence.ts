import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import type { AnswerRecord, ToolCall } from '../../api/answer.ts'
import { itemType } from './locations.ts'

/** Why a chain cannot go on as it was recorded. */
export interface Divergence {
  readonly kind: 'status' | 'form' | 'finish' | 'tools' | 'arguments' | 'items' | 'value'
  /** What was recorded, what the new answer has, and where. */
  readonly message: string
}

/** What later requests need of an answer. */
export interface LaterNeeds {
  /** Whether a later request carries this value of the recorded answer. */
  carries(value: string): boolean
  /** Whether a later request carries the output of this call. */
  isAnswered(call: ToolCall): boolean
  /** A later request retrieves what this answer created. */
  readonly isRetrieved: boolean
  /** The arguments of the recorded calls, with the ids of the new answers. */
  readonly argumentsNow: readonly Json[]
  /** Values that a later request carries and for which the new answer has nothing, as text. */
  readonly missing: readonly string[]
  /** A text that a later request has inside a longer one, and that is another now. */
  readonly stale: string | undefined
}

/** Compares answers of equal status. They may say other things, as long as the rest of the chain can be sent. */
export function divergenceOf(
  recorded: AnswerRecord,
  fresh: AnswerRecord,
  needs: LaterNeeds,
): Divergence | undefined {
  return (
    otherForm(recorded, fresh) ??
    otherTools(recorded, fresh) ??
    otherEnd(recorded, fresh) ??
    stillPending(recorded, fresh, needs) ??
    brokenOff(recorded, fresh) ??
    oneIdForTwo(recorded, fresh, needs) ??
    otherArguments(recorded, fresh, needs) ??
    otherItems(recorded, fresh, needs) ??
    missingValue(needs)
  )
}

/** Not the API's answer: the login page of a network, an error page with status 200. */
function otherForm(recorded: AnswerRecord, fresh: AnswerRecord): Divergence | undefined {
  const [before, now] = [recorded.form, fresh.form]
  // Text may be anything, such as a file that a model wrote.
  if (before === now || before === 'nothing' || (before === 'text' && now !== 'HTML' && now !== 'nothing'))
    return before === 'JSON' ? otherDocument(recorded, fresh) : undefined
  return { kind: 'form', message: `the response was ${before} and is now ${now}` }
}

function otherDocument(recorded: AnswerRecord, fresh: AnswerRecord): Divergence | undefined {
  const [members, others] = [membersOf(recorded), membersOf(fresh)]
  if (members.length === 0 || members.some((member) => others.includes(member))) return undefined
  return { kind: 'form', message: `the response has none of the recorded fields: ${members.join(', ')}` }
}

function membersOf({ documents: [document] }: AnswerRecord): readonly string[] {
  const json = document?.json
  if (Array.isArray(json)) return ['a list']
  return isJsonObject(json) ? Object.keys(json) : []
}

function brokenOff({ events: { last } }: AnswerRecord, fresh: AnswerRecord): Divergence | undefined {
  if (last === undefined || fresh.documents.some(({ source }) => source === last)) return undefined
  return { kind: 'form', message: `the stream ended with ${last}, which the new stream lacks` }
}

function otherTools(recorded: AnswerRecord, fresh: AnswerRecord): Divergence | undefined {
  if (recorded.isPending || fresh.isPending) return undefined
  const [before, now] = [recorded, fresh].map(({ calls }) => calls.map(({ name }) => name).join(', '))
  if (before === now) return undefined
  return { kind: 'tools', message: `the called tools were ${before || 'none'} and are now ${now || 'none'}` }
}

function otherEnd(recorded: AnswerRecord, fresh: AnswerRecord): Divergence | undefined {
  if (recorded.isPending || fresh.isPending) return undefined
  for (const place of new Set([...recorded.ends.keys(), ...fresh.ends.keys()])) {
    const [before, now] = [recorded.ends.get(place), fresh.ends.get(place)]
    if (before === now) continue
    return { kind: 'finish', message: `${place} was ${before ?? 'absent'} and is now ${now ?? 'absent'}` }
  }
  return undefined
}

/** The recorded answer was final; the new one is still running, and no later request polls for it. */
function stillPending(
  recorded: AnswerRecord,
  fresh: AnswerRecord,
  { isRetrieved }: LaterNeeds,
): Divergence | undefined {
  const [end] = recorded.ends
  if (end === undefined || !fresh.isPending || isRetrieved) return undefined
  return { kind: 'finish', message: `${end[0]} was ${end[1]}, and the new response is not finished yet` }
}

/** By an id that two calls had in common, nobody can tell whose output a later request carries. */
function oneIdForTwo(recorded: AnswerRecord, fresh: AnswerRecord, needs: LaterNeeds): Divergence | undefined {
  for (const [i, call] of recorded.calls.entries()) {
    const first = recorded.calls.findIndex(({ id }) => id !== undefined && id === call.id)
    if (first < 0 || first === i || !needs.isAnswered(call)) continue
    if (fresh.calls[first]?.id === fresh.calls[i]?.id) continue
    return { kind: 'value', message: `two calls shared the id ${call.id}, and now each has its own` }
  }
  return undefined
}

function otherArguments(
  recorded: AnswerRecord,
  fresh: AnswerRecord,
  needs: LaterNeeds,
): Divergence | undefined {
  for (const [i, call] of recorded.calls.entries()) {
    const now = fresh.calls[i]
    if (now === undefined || !needs.isAnswered(call)) continue
    if (canonicalJson(needs.argumentsNow[i] as Json) === canonicalJson(now.arguments)) continue
    return {
      kind: 'arguments',
      message:
        `the arguments of ${call.name} were ${shown(call.arguments)} and are now ${shown(now.arguments)}, ` +
        'but a later request sends the tool output for the old ones',
    }
  }
  return undefined
}

function otherItems(recorded: AnswerRecord, fresh: AnswerRecord, needs: LaterNeeds): Divergence | undefined {
  for (const { source, items } of recorded.documents) {
    const others = fresh.documents.find((each) => each.source === source)?.items ?? []
    const types = new Set(items.filter((item) => isNeeded(item, needs)).map(itemType))
    for (const type of types) {
      const [before, now] = [items, others].map(
        (list) => list.filter((item) => itemType(item) === type).length,
      )
      if (before === now) continue
      return {
        kind: 'items',
        message: `there were ${before} items of type ${type} and there are now ${now}, and a later request sends them`,
      }
    }
  }
  return undefined
}

function isNeeded(item: JsonObject, needs: LaterNeeds): boolean {
  const todo: Json[] = [item]
  for (let value = todo.pop(); value !== undefined; value = todo.pop()) {
    if (typeof value === 'string' && needs.carries(value)) return true
    if (typeof value === 'object' && value !== null) todo.push(...(Object.values(value) as Json[]))
  }
  return false
}

function missingValue({ missing: [value], stale }: LaterNeeds): Divergence | undefined {
  if (value === undefined) {
    if (stale === undefined) return undefined
    return {
      kind: 'value',
      message: `a later request sends ${shown(stale)} from this response as part of a longer text, and the new response has a different text`,
    }
  }
  return {
    kind: 'value',
    message: `a later request sends ${value} from this response, and the new response has nothing in its place`,
  }
}

/** Characters of a value that are shown in a message. */
const MAX_SHOWN = 200

export function shown(value: Json): string {
  const text = canonicalJson(value)
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`
}
