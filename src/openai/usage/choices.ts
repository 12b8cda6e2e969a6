import type { ResponseBody } from '../../cassette/cassette.ts'
import { isJsonObject, type JsonObject, parseJson } from '../../json/json.ts'
import { readEvent } from '../../http/sse.ts'
import { asList, asObject, asText } from '../../json/access.ts'

/** The texts and calls of one choice of a completion. Streams are joined. */
export interface Choice {
  readonly texts: readonly string[]
  readonly calls: readonly SpelledCall[]
}

export interface SpelledCall {
  readonly name: string
  readonly arguments: string
}

/** The calls of a whole message. */
export function callsOf(message: JsonObject): readonly SpelledCall[] {
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
    for (const [i, choice] of asList(chunk['choices']).entries())
      add(asObject(choice), draftAt(choices, String(asObject(choice)['index'] ?? i)))
  return choices.size === 0
    ? undefined
    : [...choices.values()].map(({ texts, calls }) => ({
        texts: [...texts.values()],
        calls: [...calls.values()],
      }))
}

interface Draft {
  /** By kind: content, refusal. */
  readonly texts: Map<string, string>
  readonly calls: Map<string, SpelledCall>
}

function draftAt(choices: Map<string, Draft>, index: string): Draft {
  const known = choices.get(index) ?? { texts: new Map(), calls: new Map() }
  choices.set(index, known)
  return known
}

function add(choice: JsonObject, { texts, calls }: Draft): void {
  const message: JsonObject = { ...asObject(choice['message']), ...asObject(choice['delta']) }
  for (const [kind, piece] of [
    ...TEXTS.map((each) => [each, message[each]] as const),
    ['text', choice['text']] as const,
  ])
    if (asText(piece) !== '') texts.set(kind, (texts.get(kind) ?? '') + asText(piece))
  for (const [i, call] of asList(message['tool_calls']).entries()) {
    const { index, function: named, custom } = asObject(call)
    addCall(calls, String(index ?? i), asObject(named ?? custom))
  }
  // The form before tools.
  if (isJsonObject(message['function_call'])) addCall(calls, 'function', message['function_call'])
}

const TEXTS = ['content', 'refusal']

function addCall(calls: Draft['calls'], index: string, { name, arguments: given, input }: JsonObject): void {
  const known = calls.get(index) ?? { name: '', arguments: '' }
  calls.set(index, {
    name: known.name + asText(name),
    arguments: known.arguments + asText(given ?? input),
  })
}
