import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import type { Answer, ToolCall } from '../../api/answer.ts'
import { kindOfItem } from './places.ts'

/** Why a chain cannot go on as it was recorded. */
export interface Divergence {
  readonly kind: 'status' | 'form' | 'finish' | 'tools' | 'arguments' | 'items' | 'value'
  /** What was recorded, what came, and where. */
  readonly message: string
}

/** What later requests need of an answer. */
export interface Needs {
  /** Whether a later request carries this value of the recorded answer's. */
  carries(value: string): boolean
  /** Whether a later request carries the output of this call. */
  answersCall(call: ToolCall): boolean
  /** A later request asks after what this answer made. */
  readonly isAskedAfter: boolean
  /** The arguments of the recorded calls, with what the new answers have for the ids in them. */
  readonly argumentsNow: readonly Json[]
  /** What a later request carries and has nothing in its place, in words. */
  readonly missing: readonly string[]
  /** A text that a later request has inside a longer one, and that is another now. */
  readonly stale: string | undefined
}

/** Compares answers with one status, as far as a chain depends on them: words may differ. */
export function divergenceOf(recorded: Answer, fresh: Answer, needs: Needs): Divergence | undefined {
  return (
    otherForm(recorded, fresh) ??
    otherTools(recorded, fresh) ??
    otherEnd(recorded, fresh) ??
    noEnd(recorded, fresh, needs) ??
    brokenOff(recorded, fresh) ??
    oneIdForTwo(recorded, fresh, needs) ??
    otherArguments(recorded, fresh, needs) ??
    otherItems(recorded, fresh, needs) ??
    missingValue(needs)
  )
}

/** The page of a network that wants a login, what a broken server says with a status of 200: no answer of the API. */
function otherForm(recorded: Answer, fresh: Answer): Divergence | undefined {
  const [before, now] = [recorded.form, fresh.form]
  // A text may be anything: of what a model wrote into a file, say.
  if (before === now || before === 'nothing' || (before === 'text' && now !== 'HTML' && now !== 'nothing'))
    return before === 'JSON' ? otherDocument(recorded, fresh) : undefined
  return { kind: 'form', message: `the answer was ${before} and is ${now} now` }
}

function otherDocument(recorded: Answer, fresh: Answer): Divergence | undefined {
  const [members, others] = [membersOf(recorded), membersOf(fresh)]
  if (members.length === 0 || members.some((member) => others.includes(member))) return undefined
  return { kind: 'form', message: `the answer has nothing of what it had: ${members.join(', ')}` }
}

function membersOf({ parts: [document] }: Answer): readonly string[] {
  const json = document?.json
  if (Array.isArray(json)) return ['a list']
  return isJsonObject(json) ? Object.keys(json) : []
}

function brokenOff({ lastEvent }: Answer, fresh: Answer): Divergence | undefined {
  if (lastEvent === undefined || fresh.parts.some(({ source }) => source === lastEvent)) return undefined
  return { kind: 'form', message: `the stream ended with ${lastEvent}, and has none now` }
}

function otherTools(recorded: Answer, fresh: Answer): Divergence | undefined {
  if (recorded.isPending || fresh.isPending) return undefined
  const [before, now] = [recorded, fresh].map(({ calls }) => calls.map(({ name }) => name).join(', '))
  if (before === now) return undefined
  return { kind: 'tools', message: `tools called were ${before || 'none'} and are ${now || 'none'} now` }
}

function otherEnd(recorded: Answer, fresh: Answer): Divergence | undefined {
  if (recorded.isPending || fresh.isPending) return undefined
  for (const place of new Set([...recorded.ends.keys(), ...fresh.ends.keys()])) {
    const [before, now] = [recorded.ends.get(place), fresh.ends.get(place)]
    if (before === now) continue
    return { kind: 'finish', message: `${place} was ${before ?? 'absent'} and is ${now ?? 'absent'} now` }
  }
  return undefined
}

/** What was done at once, and goes on now: nobody would hear its end. */
function noEnd(recorded: Answer, fresh: Answer, { isAskedAfter }: Needs): Divergence | undefined {
  const [end] = recorded.ends
  if (end === undefined || !fresh.isPending || isAskedAfter) return undefined
  return { kind: 'finish', message: `${end[0]} was ${end[1]}, and is not done yet now` }
}

/** Whose output a later request carries cannot be told by an id that two calls had. */
function oneIdForTwo(recorded: Answer, fresh: Answer, needs: Needs): Divergence | undefined {
  for (const [i, call] of recorded.calls.entries()) {
    const first = recorded.calls.findIndex(({ id }) => id !== undefined && id === call.id)
    if (first < 0 || first === i || !needs.answersCall(call)) continue
    if (fresh.calls[first]?.id === fresh.calls[i]?.id) continue
    return { kind: 'value', message: `two calls had the id ${call.id}, and each has its own now` }
  }
  return undefined
}

function otherArguments(recorded: Answer, fresh: Answer, needs: Needs): Divergence | undefined {
  for (const [i, call] of recorded.calls.entries()) {
    const now = fresh.calls[i]
    if (now === undefined || !needs.answersCall(call)) continue
    if (canonicalJson(needs.argumentsNow[i] as Json) === canonicalJson(now.arguments)) continue
    return {
      kind: 'arguments',
      message:
        `the arguments of ${call.name} were ${shown(call.arguments)} and are ${shown(now.arguments)} now: ` +
        'the output that a later request carries was made for the old ones',
    }
  }
  return undefined
}

function otherItems(recorded: Answer, fresh: Answer, needs: Needs): Divergence | undefined {
  for (const { source, items } of recorded.parts) {
    const others = fresh.parts.find((each) => each.source === source)?.items ?? []
    const needed = new Set(items.filter((item) => isNeeded(item, needs)).map(kindOfItem))
    for (const kind of needed) {
      const [before, now] = [items, others].map(
        (list) => list.filter((item) => kindOfItem(item) === kind).length,
      )
      if (before === now) continue
      return {
        kind: 'items',
        message: `there were ${before} items of kind ${kind} and there are ${now} now; a later request carries them`,
      }
    }
  }
  return undefined
}

function isNeeded(item: JsonObject, needs: Needs): boolean {
  const todo: Json[] = [item]
  for (let value = todo.pop(); value !== undefined; value = todo.pop()) {
    if (typeof value === 'string' && needs.carries(value)) return true
    if (typeof value === 'object' && value !== null) todo.push(...(Object.values(value) as Json[]))
  }
  return false
}

function missingValue({ missing: [value], stale }: Needs): Divergence | undefined {
  if (value === undefined) {
    if (stale === undefined) return undefined
    return {
      kind: 'value',
      message: `a later request carries ${shown(stale)} of this answer inside a longer text, and the new one says otherwise`,
    }
  }
  return {
    kind: 'value',
    message: `a later request carries ${value} of this answer, and the new one has nothing in its place`,
  }
}

/** Of a value in a message, in characters. */
const LONGEST = 200

export function shown(value: Json): string {
  const text = canonicalJson(value)
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`
}
