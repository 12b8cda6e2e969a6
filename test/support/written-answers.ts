import fc from 'fast-check'
import type { ResponseBody } from '../../src/cassette/cassette.ts'

/** What a model wrote, in no API's form yet. */
export interface WrittenAnswer {
  readonly choices: readonly WrittenChoice[]
  readonly usage: { readonly input: number; readonly output: number }
}

interface WrittenChoice {
  readonly reasoning: string
  readonly text: string
  readonly refusal: string
  readonly calls: readonly WrittenCall[]
}

interface WrittenCall {
  readonly kind: 'function' | 'custom'
  readonly name: string
  readonly input: string
}

/** How an upstream sends it: where texts are cut, and what gateways do. */
export interface Manner {
  readonly cuts: readonly number[]
  /** Each piece of a call repeats its name. */
  readonly repeatsNames: boolean
  /** Calls have no `index`. */
  readonly omitsIndex: boolean
  /** A call of one function takes the form that it had before there were tools. */
  readonly isOld: boolean
  readonly reasoningMember: 'reasoning' | 'reasoning_content'
  /** What a Responses stream lacks: its deltas, or what comes after them. */
  readonly lacks: 'nothing' | 'deltas' | 'end'
}

const word = fc.constantFrom('a', 'Paris', ' is', '\n', '"', '\\', 'ü', '😀', ' data: x', '{"b":1}')
const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(''))
const call: fc.Arbitrary<WrittenCall> = fc.record({
  kind: fc.constantFrom('function', 'custom'),
  name: fc.constantFrom('get_weather', 'sql', 'x'),
  input: fc.oneof(fc.constantFrom('', '{}', '{"city":"Rome"}', 'select 1'), text),
})

const choice: fc.Arbitrary<WrittenChoice> = fc
  .record({ reasoning: text, text, refusal: text, calls: fc.array(call, { maxLength: 3 }) })
  .filter((each) => each.reasoning + each.text + each.refusal !== '' || each.calls.length > 0)

export const manner: fc.Arbitrary<Manner> = fc.record({
  cuts: fc.array(fc.nat(12), { maxLength: 4 }),
  repeatsNames: fc.boolean(),
  omitsIndex: fc.boolean(),
  isOld: fc.boolean(),
  reasoningMember: fc.constantFrom('reasoning', 'reasoning_content'),
  lacks: fc.constantFrom('nothing', 'deltas', 'end'),
})

export function writtenAnswer(maxChoices = 3): fc.Arbitrary<WrittenAnswer> {
  return fc.record({
    choices: fc.array(choice, { minLength: 1, maxLength: maxChoices }),
    usage: fc.record({ input: fc.nat(99), output: fc.nat(99) }),
  })
}

const CHAT = { id: 'chatcmpl-1a2b3c4d5e', model: 'gpt-4o-mini', created: 1 }

/** An answer to `/v1/chat/completions`. */
export function chatJson({ choices, usage }: WrittenAnswer, manners: Manner): ResponseBody {
  const { reasoningMember } = manners
  const made = choices.map(({ text: content, refusal, reasoning, calls }, index) => {
    const thought = reasoning === '' ? {} : { [reasoningMember]: reasoning }
    const old = oldCall(calls, manners)
    const called = old === undefined ? { tool_calls: calls.map(chatCall) } : { function_call: old }
    const message = {
      role: 'assistant',
      ...thought,
      content,
      refusal: refusal || null,
      ...(calls.length > 0 && called),
    }
    return { index, message, finish_reason: 'stop' }
  })
  return json({ ...CHAT, object: 'chat.completion', choices: made, usage: chatUsage(usage) })
}

export function chatStream({ choices, usage }: WrittenAnswer, manners: Manner): ResponseBody {
  const deltas = choices.flatMap((each, index) =>
    deltasOf(each, manners).map((delta) => ({ index, delta, finish_reason: null })),
  )
  const ends = choices.map((_, index) => ({ index, delta: {}, finish_reason: 'stop' }))
  const chunk = (more: object): object => ({ ...CHAT, object: 'chat.completion.chunk', ...more })
  return events([
    ...[...deltas, ...ends].map((each) => chunk({ choices: [each], usage: null })),
    chunk({ choices: [], usage: chatUsage(usage) }),
    '[DONE]',
  ])
}

function deltasOf({ text: content, refusal, reasoning, calls }: WrittenChoice, manners: Manner): object[] {
  const { cuts, repeatsNames, omitsIndex, reasoningMember } = manners
  const ofCalls = calls.flatMap((each, i): readonly object[] => {
    const [first = '', ...rest] = cut(each.input, cuts)
    const position = omitsIndex ? {} : { index: i }
    const begun = { ...position, ...chatCall({ ...each, input: first }, i) }
    const more = rest.map((input) => {
      const inner = each.kind === 'function' ? { arguments: input } : { input }
      return { ...position, [each.kind]: { ...(repeatsNames && { name: each.name }), ...inner } }
    })
    if (oldCall(calls, manners) === undefined)
      return [begun, ...more].map((piece) => ({ tool_calls: [piece] }))
    const pieces = [{ name: each.name, arguments: first }, ...rest.map((input) => ({ arguments: input }))]
    return pieces.map((piece) => ({ function_call: piece }))
  })
  return [
    { role: 'assistant', content: '' },
    ...cut(reasoning, cuts).map((each) => ({ [reasoningMember]: each })),
    ...cut(content, cuts).map((each) => ({ content: each })),
    ...cut(refusal, cuts).map((each) => ({ refusal: each })),
    ...ofCalls,
  ]
}

function chatUsage({ input, output }: WrittenAnswer['usage']): object {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
}

function chatCall({ kind, name, input }: WrittenCall, i: number): object {
  const inner = kind === 'function' ? { name, arguments: input } : { name, input }
  return { id: `call_1a2b3c4d5e${i}`, type: kind, [kind]: inner }
}

function oldCall([only, ...more]: readonly WrittenCall[], { isOld }: Manner): object | undefined {
  if (!isOld || only?.kind !== 'function' || more.length > 0) return undefined
  return { name: only.name, arguments: only.input }
}

/** An answer to `/v1/responses`, which has one choice. */
export function responseJson(answer: WrittenAnswer): ResponseBody {
  return json(responseOf(answer))
}

export function responseStream(answer: WrittenAnswer, manners: Manner): ResponseBody {
  return events(responseEvents(answer, manners))
}

/** The same over a WebSocket. */
export function responseFrames(answer: WrittenAnswer, manners: Manner): ResponseBody {
  return {
    kind: 'frames',
    frames: responseEvents(answer, manners).map((event, offset) => ({
      from: 'server',
      offset,
      content: { kind: 'text', text: JSON.stringify(event) },
    })),
  }
}

interface Made {
  readonly output: readonly Item[]
}

function responseOf({ choices, usage: { input, output } }: WrittenAnswer): Made {
  const response = {
    id: 'resp_1a2b3c4d5e',
    object: 'response',
    model: 'gpt-4o-mini',
    status: 'completed',
    output: choices.flatMap(outputItems),
    usage: { input_tokens: input, output_tokens: output, total_tokens: input + output },
  }
  return response
}

interface Item {
  readonly id: string
  readonly type: string
  readonly summary?: readonly { readonly text: string }[]
  readonly content?: readonly { readonly type: string; readonly text?: string; readonly refusal?: string }[]
  readonly arguments?: string
  readonly input?: string
}

function outputItems({ text: said, refusal, reasoning, calls }: WrittenChoice): readonly Item[] {
  const parts = [
    ...(said === '' ? [] : [{ type: 'output_text', text: said, annotations: [] }]),
    ...(refusal === '' ? [] : [{ type: 'refusal', refusal }]),
  ]
  const summary = [{ type: 'summary_text', text: reasoning }]
  return [
    ...(reasoning === '' ? [] : [{ id: 'rs_1a2b3c4d5e', type: 'reasoning', summary }]),
    ...(parts.length === 0 ? [] : [{ id: 'msg_1a2b3c4d5e', type: 'message', content: parts }]),
    ...calls.map(({ kind, name, input }, i) => {
      const named = { id: `fc_1a2b3c4d5e${i}`, call_id: `call_1a2b3c4d5e${i}`, name }
      return kind === 'function'
        ? { type: 'function_call', ...named, arguments: input }
        : { type: 'custom_tool_call', ...named, input }
    }),
  ]
}

function responseEvents(answer: WrittenAnswer, { cuts, lacks }: Manner): readonly object[] {
  const response = responseOf(answer)
  const begun = { ...response, status: 'in_progress', output: [], usage: null }
  const ofItems = response.output.flatMap((item, index) => {
    const at = { item_id: item.id, output_index: index }
    const { emptied, deltas } = piecesOf(item, cuts)
    const added = { type: 'response.output_item.added', output_index: index, item: emptied }
    const pieces = deltas.map((each) => ({ ...each, ...at }))
    const done = { type: 'response.output_item.done', output_index: index, item }
    return [added, ...(lacks === 'deltas' ? [] : pieces), ...(lacks === 'end' ? [] : [done])]
  })
  const completed = { type: 'response.completed', response }
  return [{ type: 'response.created', response: begun }, ...ofItems, ...(lacks === 'end' ? [] : [completed])]
}

/** An item as it begins, and the deltas that complete it. */
function piecesOf(
  item: Item,
  cuts: readonly number[],
): { readonly emptied: object; readonly deltas: object[] } {
  const spelled = (type: string, whole = '', at: object = {}): object[] =>
    cut(whole, cuts).map((delta) => ({ type: `response.${type}.delta`, delta, ...at }))
  const ofSummary = (item.summary ?? []).flatMap((part, i) =>
    spelled('reasoning_summary_text', part.text, { summary_index: i }),
  )
  const ofContent = (item.content ?? []).flatMap((part, i) =>
    spelled(part.type, part.text ?? part.refusal, { content_index: i }),
  )
  const ofCall = [
    ...spelled('function_call_arguments', item.arguments),
    ...spelled('custom_tool_call_input', item.input),
  ]
  const empty = { summary: [], content: [], arguments: '', input: '' }
  const emptied = Object.entries(item).map(([name, value]: [string, unknown]) => [
    name,
    name in empty ? empty[name as keyof typeof empty] : value,
  ])
  return { emptied: Object.fromEntries(emptied) as object, deltas: [...ofSummary, ...ofContent, ...ofCall] }
}

function json(value: object): ResponseBody {
  return { kind: 'json', text: JSON.stringify(value) }
}

function events(all: readonly (object | string)[]): ResponseBody {
  return {
    kind: 'events',
    events: all.map((each, offset) => {
      const { type } = each as { type?: string }
      const name = type === undefined ? '' : `event: ${type}\n`
      return { offset, raw: `${name}data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n` }
    }),
  }
}

/** By characters, so that none is cut in two. An empty text has no piece. */
function cut(whole: string, at: readonly number[]): string[] {
  const characters = [...whole]
  const places = [0, ...at.map((each) => each % (characters.length + 1)).toSorted((a, b) => a - b)]
  return places
    .map((start, i) => characters.slice(start, places[i + 1]).join(''))
    .filter((piece) => piece !== '')
}
