import type {
  ResponseFunctionToolCall,
  ResponseOutputItem,
  ResponseOutputMessage,
  ResponseStreamEvent,
} from 'openai/resources/responses/responses'
import { event } from './answer.ts'
import { padding } from './chat-events.ts'
import type { ResponseObject } from './response-parts.ts'
import { pieces } from './words.ts'

/** An event before it has its number. The response in it goes without what only the SDK adds. */
type Unnumbered<E = ResponseStreamEvent> = E extends { sequence_number: number; type: infer T }
  ? { [K in Exclude<keyof E, 'sequence_number'>]: K extends 'response' ? ResponseObject : E[K] } & { type: T }
  : never

/** The whole sequence, from `response.created` to `response.completed`. This API sends no `[DONE]`. */
export function responseEvents(response: ResponseObject, seed: string): string[] {
  const begun: ResponseObject = {
    ...response,
    status: 'in_progress',
    service_tier: 'auto',
    completed_at: null,
    output: [],
    usage: null,
  }
  const events: Unnumbered[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...response.output.flatMap((item, index) => itemEvents(item, index, seed)),
    { type: 'response.completed', response },
  ]
  return events.map((each, i) => event({ ...each, sequence_number: i }, each.type))
}

function itemEvents(item: ResponseOutputItem, index: number, seed: string): Unnumbered[] {
  const done: Unnumbered = { type: 'response.output_item.done', item, output_index: index }
  switch (item.type) {
    case 'message':
      return [
        added({ ...item, status: 'in_progress', content: [] }, index),
        ...textEvents(item, index, seed),
        done,
      ]
    case 'function_call':
      return [
        added({ ...item, status: 'in_progress', arguments: '' }, index),
        ...callEvents(item, index, seed),
        done,
      ]
    default:
      return [added(item, index), done]
  }
}

function added(item: ResponseOutputItem, index: number): Unnumbered {
  return { type: 'response.output_item.added', item, output_index: index }
}

function textEvents({ id, content }: ResponseOutputMessage, index: number, seed: string): Unnumbered[] {
  return content.flatMap((part, i): Unnumbered[] => {
    if (part.type !== 'output_text') return []
    const place = { item_id: id, output_index: index, content_index: i }
    return [
      { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
      ...pieces(part.text).map((delta, n): Unnumbered => {
        const padded = { obfuscation: padding(`${seed}/${index}/${n}`) }
        return { type: 'response.output_text.delta', ...place, delta, logprobs: [], ...padded }
      }),
      { type: 'response.output_text.done', ...place, logprobs: [], text: part.text },
      { type: 'response.content_part.done', ...place, part },
    ]
  })
}

function callEvents(call: ResponseFunctionToolCall, index: number, seed: string): Unnumbered[] {
  const place = { item_id: call.id ?? '', output_index: index }
  return [
    ...pieces(call.arguments).map((delta, n): Unnumbered => {
      const padded = { obfuscation: padding(`${seed}/${index}/${n}`) }
      return { type: 'response.function_call_arguments.delta', ...place, delta, ...padded }
    }),
    { type: 'response.function_call_arguments.done', ...place, arguments: call.arguments } as Unnumbered,
  ]
}
