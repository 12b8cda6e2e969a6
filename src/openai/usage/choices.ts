import type { ResponseBody } from '../../cassette/cassette.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'
import { readEvent } from '../../http/sse.ts'
import { list } from './off-list.ts'
import { object } from './tokens.ts'

/** What one choice of a completion says, a stream put together. */
export interface Choice {
  readonly texts: readonly string[]
  readonly calls: readonly Call[]
}

export interface Call {
  readonly name: string
  readonly arguments: string
}

/** The calls of a whole message. */
export function callsOf(message: JsonObject): readonly Call[] {
  const draft: Draft = { texts: new Map(), calls: new Map() }
  add({ message }, draft)
  return [...draft.calls.values()]
}

/** The choices of a completion, chat or legacy, JSON or stream; undefined where there are none. */
export function choicesOf(body: ResponseBody): readonly Choice[] | undefined {
  const whole = body.kind === 'json' || body.kind === 'text' ? parseJson(body.text) : undefined
  const datas = body.kind === 'events' ? body.events.map(({ raw }) => readEvent(raw).data) : []
  const chunks = datas.map((data) => (data === undefined ? undefined : parseJson(data)))
  const choices = new Map<string, Draft>()
  for (const chunk of [whole, ...chunks].filter(isJsonObject))
    for (const [i, choice] of list(chunk['choices']).entries())
      add(object(choice), draftAt(choices, String(object(choice)['index'] ?? i)))
  return choices.size === 0
    ? undefined
    : [...choices.values()].map(({ texts, calls }) => ({
        texts: [...texts.values()],
        calls: [...calls.values()],
      }))
}

interface Draft {
  /** By what it is: content, refusal. */
  readonly texts: Map<string, string>
  readonly calls: Map<string, Call>
}

function draftAt(choices: Map<string, Draft>, index: string): Draft {
  const known = choices.get(index) ?? { texts: new Map(), calls: new Map() }
  choices.set(index, known)
  return known
}

function add(choice: JsonObject, { texts, calls }: Draft): void {
  const said: JsonObject = { ...object(choice['message']), ...object(choice['delta']) }
  for (const [kind, piece] of [
    ...TEXTS.map((each) => [each, said[each]] as const),
    ['text', choice['text']] as const,
  ])
    if (text(piece) !== '') texts.set(kind, (texts.get(kind) ?? '') + text(piece))
  for (const [i, call] of list(said['tool_calls']).entries()) {
    const { index, function: named, custom } = object(call)
    addCall(calls, String(index ?? i), object(named ?? custom))
  }
  // As it was before tools.
  if (isJsonObject(said['function_call'])) addCall(calls, 'function', said['function_call'])
}

const TEXTS = ['content', 'refusal']

function addCall(calls: Draft['calls'], index: string, { name, arguments: given, input }: JsonObject): void {
  const known = calls.get(index) ?? { name: '', arguments: '' }
  calls.set(index, {
    name: known.name + text(name),
    arguments: known.arguments + text(given ?? input),
  })
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
