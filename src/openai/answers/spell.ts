import { readEvent } from '../../http/sse.ts'
import type { StreamEvent } from '../../cassette/cassette.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../json/json.ts'

/** What a stream of deltas spells, put together. */
export interface Spelled {
  /** Each text with what it is: `text`, `refusal`, `tool call get_weather`, `transcript` … */
  readonly texts: readonly { readonly label: string; readonly text: string }[]
  /** Events that carry no delta, by name or object type, with their number. */
  readonly others: ReadonlyMap<string, number>
}

/** Puts a stream together: chat and legacy completions, Responses, Assistants, audio. */
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
      const kind = name ?? (isJsonObject(json) ? string(json['type']) || string(json['object']) : '') ?? ''
      const label = kind || (data ?? 'comment').slice(0, 40)
      others.set(label, (others.get(label) ?? 0) + 1)
    }
  }
  return { texts: [...texts.values()].filter(({ text }) => text !== ''), others }
}

interface Piece {
  readonly channel: string
  readonly label: string
  readonly text: string
}

function* deltasOf(json: JsonObject, name: string | undefined, names: Map<string, string>): Generator<Piece> {
  if (Array.isArray(json['choices'])) {
    for (const choice of json['choices'] as readonly Json[])
      if (isJsonObject(choice)) yield* choicePieces(choice)
    return
  }
  const type = string(json['type']) || (name ?? '')
  if (type === 'response.output_item.added' && isJsonObject(json['item'])) {
    names.set(string(json['item']['id']), string(json['item']['name']))
  }
  if (type.endsWith('.delta') && typeof json['delta'] === 'string') {
    yield responsePiece(type, json, names)
  } else if (type === 'thread.message.delta' && isJsonObject(json['delta'])) {
    yield* threadPieces(json)
  }
}

function* choicePieces(choice: JsonObject): Generator<Piece> {
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
  for (const call of list(delta['tool_calls'])) {
    if (!isJsonObject(call) || !isJsonObject(call['function'])) continue
    const name = string(call['function']['name'])
    yield {
      channel: `${index}/tool/${String(call['index'] ?? 0)}`,
      label: name === '' ? '' : `tool call ${name}${suffix}`,
      text: string(call['function']['arguments']),
    }
  }
}

function responsePiece(type: string, json: JsonObject, names: Map<string, string>): Piece {
  const item = string(json['item_id'])
  const what = type.replace(/^response\./, '').replace(/\.delta$/, '')
  const name = names.get(item)
  const label =
    what === 'output_text' ? 'text' : what === 'function_call_arguments' && name ? `tool call ${name}` : what
  const channel = [type, item, json['output_index'], json['content_index'], json['summary_index']].join('/')
  return { channel, label, text: string(json['delta']) }
}

function* threadPieces(json: JsonObject): Generator<Piece> {
  const delta = json['delta'] as JsonObject
  for (const part of list(delta['content'])) {
    if (!isJsonObject(part) || !isJsonObject(part['text'])) continue
    const channel = `${string(json['id'])}/${String(part['index'] ?? 0)}`
    yield { channel, label: 'text', text: string(part['text']['value']) }
  }
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : []
}

function string(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
