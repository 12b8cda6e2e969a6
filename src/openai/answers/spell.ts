import { readEvent } from '../../http/sse.ts'
import type { StreamEvent } from '../../cassette/cassette.ts'
import { asList, asText } from '../../json/access.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'

/** The texts that a stream of deltas spells. */
export interface Spelled {
  /** Each text with its kind: `text`, `refusal`, `tool call get_weather`, `transcript` … */
  readonly texts: readonly { readonly label: string; readonly text: string }[]
  /** How many events had no delta, by name or object type. */
  readonly others: ReadonlyMap<string, number>
}

/** Joins a stream: chat and legacy completions, Responses, Assistants, audio. */
export function spell(events: readonly StreamEvent[]): Spelled {
  const texts = new Map<string, { label: string; text: string }>()
  const others = new Map<string, number>()
  const names = new Map<string, string>()
  for (const event of events) {
    const { name, data } = readEvent(event.raw)
    const json = data === undefined ? undefined : parseJson(data)
    const pieces = isJsonObject(json) ? [...deltasOf(json, name, names)] : []
    for (const { channel, label, text } of pieces) {
      const known = texts.get(channel)
      texts.set(channel, { label: label || (known?.label ?? ''), text: (known?.text ?? '') + text })
    }
    if (pieces.length === 0) {
      const kind = name ?? (isJsonObject(json) ? asText(json['type']) || asText(json['object']) : '') ?? ''
      const label = kind || (data ?? 'comment').slice(0, 40)
      others.set(label, (others.get(label) ?? 0) + 1)
    }
  }
  return { texts: [...texts.values()].filter(({ text }) => text !== ''), others }
}

interface Delta {
  readonly channel: string
  readonly label: string
  readonly text: string
}

function* deltasOf(json: JsonObject, name: string | undefined, names: Map<string, string>): Generator<Delta> {
  if (Array.isArray(json['choices'])) {
    for (const choice of json['choices'] as readonly Json[])
      if (isJsonObject(choice)) yield* choicePieces(choice)
    return
  }
  const type = asText(json['type']) || (name ?? '')
  if (type === 'response.output_item.added' && isJsonObject(json['item'])) {
    names.set(asText(json['item']['id']), asText(json['item']['name']))
  }
  if (type.endsWith('.delta') && typeof json['delta'] === 'string') {
    yield responsePiece(type, json, names)
  } else if (type === 'thread.message.delta' && isJsonObject(json['delta'])) {
    yield* threadPieces(json)
  }
}

function* choicePieces(choice: JsonObject): Generator<Delta> {
  const index = String(choice['index'] ?? 0)
  const suffix = index === '0' ? '' : ` of choice ${index}`
  if (typeof choice['text'] === 'string')
    yield { channel: `${index}/text`, label: `text${suffix}`, text: choice['text'] }
  const delta = choice['delta']
  if (!isJsonObject(delta)) return
  for (const key of ['content', 'refusal', 'reasoning', 'reasoning_content'] as const) {
    const text = delta[key]
    const label = (key === 'content' ? 'text' : key) + suffix
    if (typeof text === 'string') yield { channel: `${index}/${key}`, label, text }
  }
  for (const call of asList(delta['tool_calls'])) {
    if (!isJsonObject(call) || !isJsonObject(call['function'])) continue
    const name = asText(call['function']['name'])
    yield {
      channel: `${index}/tool/${String(call['index'] ?? 0)}`,
      label: name === '' ? '' : `tool call ${name}${suffix}`,
      text: asText(call['function']['arguments']),
    }
  }
}

function responsePiece(type: string, json: JsonObject, names: Map<string, string>): Delta {
  const item = asText(json['item_id'])
  const what = type.replace(/^response\./, '').replace(/\.delta$/, '')
  const name = names.get(item)
  const label =
    what === 'output_text' ? 'text' : what === 'function_call_arguments' && name ? `tool call ${name}` : what
  const channel = [type, item, json['output_index'], json['content_index'], json['summary_index']].join('/')
  return { channel, label, text: asText(json['delta']) }
}

function* threadPieces(json: JsonObject): Generator<Delta> {
  const delta = json['delta'] as JsonObject
  for (const part of asList(delta['content'])) {
    if (!isJsonObject(part) || !isJsonObject(part['text'])) continue
    const channel = `${asText(json['id'])}/${String(part['index'] ?? 0)}`
    yield { channel, label: 'text', text: asText(part['text']['value']) }
  }
}
