import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import type { AnswerRecord, ToolCall } from '../../api/answer.ts'
import { itemType } from './locations.ts'

type AnswerPair = readonly [recorded: AnswerRecord, fresh: AnswerRecord]

/** Why a chain cannot continue as it was recorded. */
export interface Divergence {
  readonly kind: 'status' | 'form' | 'finish' | 'tools' | 'arguments' | 'items' | 'value'
  /** Says what was recorded, what the new response has, and where. */
  readonly message: string
}

/** What later requests need from a response. */
export interface LaterNeeds {
  /** Whether a later request contains this value of the recorded response. */
  carries(value: string): boolean
  /** Whether a later request contains the output of this call. */
  isAnswered(call: ToolCall): boolean
  /** A later request retrieves the object that this response created. */
  readonly isRetrieved: boolean
  /** The arguments of the recorded calls, with the ids of the new responses. */
  readonly expectedArguments: readonly Json[]
  /** Values in later requests that have no counterpart in the new response, formatted for a message. */
  readonly missing: readonly string[]
  /** A text that a later request quotes inside a longer text, and that differs in the new response. */
  readonly staleText: string | undefined
}

/** Compares responses with equal status. Their content may differ, as long as the rest of the chain can be sent. */
export function divergenceOf(answers: AnswerPair, needs: LaterNeeds): Divergence | undefined {
  return (
    formChange(answers) ??
    toolChange(answers) ??
    finishChange(answers) ??
    stillPending(answers, needs) ??
    cutOffStream(answers) ??
    ambiguousCallId(answers, needs) ??
    argumentChange(answers, needs) ??
    itemCountChange(answers, needs) ??
    missingValue(needs)
  )
}

/** Detects responses that are not from the API, such as a network's login page or an error page with status 200. */
function formChange([recorded, fresh]: AnswerPair): Divergence | undefined {
  const [before, now] = [recorded.form, fresh.form]
  // A text response may be any content, such as a file that a model wrote.
  if (before === now || before === 'nothing' || (before === 'text' && now !== 'HTML' && now !== 'nothing'))
    return before === 'JSON' ? fieldChange([recorded, fresh]) : undefined
  return { kind: 'form', message: `the response was ${before} and is now ${now}` }
}

function fieldChange([recorded, fresh]: AnswerPair): Divergence | undefined {
  const [members, others] = [membersOf(recorded), membersOf(fresh)]
  if (members.length === 0 || members.some((member) => others.includes(member))) return undefined
  return { kind: 'form', message: `the response has none of the recorded fields: ${members.join(', ')}` }
}

function membersOf({ documents: [document] }: AnswerRecord): readonly string[] {
  const json = document?.json
  if (Array.isArray(json)) return ['a list']
  return isJsonObject(json) ? Object.keys(json) : []
}

function cutOffStream([recorded, fresh]: AnswerPair): Divergence | undefined {
  const { last } = recorded.events
  if (last === undefined || fresh.documents.some(({ source }) => source === last)) return undefined
  return { kind: 'form', message: `the stream ended with ${last}, which the new stream lacks` }
}

function toolChange([recorded, fresh]: AnswerPair): Divergence | undefined {
  if (recorded.isPending || fresh.isPending) return undefined
  const [before, now] = [recorded, fresh].map(({ calls }) => calls.map(({ name }) => name).join(', '))
  if (before === now) return undefined
  return { kind: 'tools', message: `the called tools were ${before || 'none'} and are now ${now || 'none'}` }
}

function finishChange([recorded, fresh]: AnswerPair): Divergence | undefined {
  if (recorded.isPending || fresh.isPending) return undefined
  for (const place of new Set([...recorded.ends.keys(), ...fresh.ends.keys()])) {
    const [before, now] = [recorded.ends.get(place), fresh.ends.get(place)]
    if (before === now) continue
    return { kind: 'finish', message: `${place} was ${before ?? 'absent'} and is now ${now ?? 'absent'}` }
  }
  return undefined
}

/** The recorded response was final, but the new one is still running and no later request polls it. */
function stillPending([recorded, fresh]: AnswerPair, { isRetrieved }: LaterNeeds): Divergence | undefined {
  const [end] = recorded.ends
  if (end === undefined || !fresh.isPending || isRetrieved) return undefined
  return { kind: 'finish', message: `${end[0]} was ${end[1]}, and the new response is not finished yet` }
}

/** If two calls shared an id, it is unknown which call a later tool output belongs to. */
function ambiguousCallId([recorded, fresh]: AnswerPair, needs: LaterNeeds): Divergence | undefined {
  for (const [i, call] of recorded.calls.entries()) {
    const first = recorded.calls.findIndex(({ id }) => id !== undefined && id === call.id)
    if (first < 0 || first === i || !needs.isAnswered(call)) continue
    if (fresh.calls[first]?.id === fresh.calls[i]?.id) continue
    return { kind: 'value', message: `two calls shared the id ${call.id}, and now each has its own` }
  }
  return undefined
}

function argumentChange([recorded, fresh]: AnswerPair, needs: LaterNeeds): Divergence | undefined {
  for (const [i, call] of recorded.calls.entries()) {
    const now = fresh.calls[i]
    if (now === undefined || !needs.isAnswered(call)) continue
    if (canonicalJson(needs.expectedArguments[i] as Json) === canonicalJson(now.arguments)) continue
    return {
      kind: 'arguments',
      message:
        `the arguments of ${call.name} were ${shown(call.arguments)} and are now ${shown(now.arguments)}, ` +
        'but a later request sends the tool output for the old ones',
    }
  }
  return undefined
}

function itemCountChange([recorded, fresh]: AnswerPair, needs: LaterNeeds): Divergence | undefined {
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

function missingValue({ missing: [value], staleText }: LaterNeeds): Divergence | undefined {
  if (value === undefined) {
    if (staleText === undefined) return undefined
    return {
      kind: 'value',
      message: `a later request sends ${shown(staleText)} from this response as part of a longer text, and the new response has a different text`,
    }
  }
  return {
    kind: 'value',
    message: `a later request sends ${value} from this response, and the new response has nothing in its place`,
  }
}

/** Maximum length of a value in a message, in characters. */
const MAX_SHOWN = 200

export function shown(value: Json): string {
  const text = canonicalJson(value)
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`
}
