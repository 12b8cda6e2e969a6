import { asList, asObject, asText, nonEmptyText, objectsIn } from '../../json/access.ts'
import { isJsonObject, type JsonObject } from '../../json/json.ts'
import { endsResponse, type ObjectEvent } from './events.ts'
import { joined } from './join.ts'

/** Assembles output items from the events of Responses, Realtime sessions, threads and transcriptions. */
export class OutputItems {
  /** By the Response's id and the item's index, or by the item's id. */
  readonly #items = new Map<string, JsonObject>()
  #ended = 0

  get all(): readonly JsonObject[] {
    return [...this.#items.values()]
  }

  /** @returns whether the event contains a fragment of an item */
  add({ type, json }: ObjectEvent): boolean {
    const { item, delta, object } = json
    if (/^response\.output_item\.(?:added|done)$/.test(type) && isJsonObject(item))
      this.#items.set(this.#keyOf(json, nonEmptyText(item['id'])), item)
    else if (endsResponse(type)) this.#end(asObject(json['response']))
    else if (object === 'thread.message') this.#items.set(asText(json['id']), json)
    else if (object === 'thread.message.delta') return this.#addToMessage(json)
    else if (type.endsWith('.delta') && typeof delta === 'string')
      return this.#write(type, json, (before) => before + delta)
    else if (/\.(?:done|completed)$/.test(type)) {
      const full = FULL_TEXT_MEMBERS.map((member) => json[member]).find((each) => typeof each === 'string')
      if (full !== undefined) this.#write(type, json, () => full)
    }
    return false
  }

  #keyOf(
    { response_id: response, output_index: index, item_id: of }: JsonObject,
    id = nonEmptyText(of),
  ): string {
    if (typeof index === 'number') return `${asText(response)}#${index}`
    const known = [...this.#items].find(([, item]) => id !== undefined && item['id'] === id)
    return known?.[0] ?? `${asText(response)}#${id ?? ''}`
  }

  /** Replaces the items assembled from events with those of the final Response. */
  #end({ id, output }: JsonObject): void {
    const own = [...this.#items].filter(([key]) => key.startsWith('#') || key.startsWith(`${asText(id)}#`))
    const last = objectsIn(output)
    for (const [key] of own) this.#items.delete(key)
    for (const [i, item] of (last.length > 0 ? last : own.map(([, each]) => each)).entries())
      this.#items.set(`${this.#ended}/${i}`, item)
    this.#ended++
  }

  #addToMessage({ id, delta }: JsonObject): boolean {
    const before = this.#items.get(asText(id)) ?? { type: 'message' }
    const { delta: message } = joined([{ delta: before }, { delta: asObject(delta) }])
    this.#items.set(asText(id), asObject(message))
    return asList(asObject(delta)['content']).length > 0
  }

  #write(type: string, event: JsonObject, edit: (text: string) => string): boolean {
    const what = type.replace(/^response\./, '').replace(/\.(?:delta|done|completed)$/, '')
    // The data is base64, not text.
    if (/(?:^|_)audio$/.test(what)) return true
    const key = what.startsWith('conversation.') ? `${what} ${asText(event['item_id'])}` : this.#keyOf(event)
    this.#items.set(key, withText(this.#items.get(key) ?? {}, what, event, edit))
    return true
  }
}

/** Members with the full text, in the event that ends its deltas. */
const FULL_TEXT_MEMBERS = ['text', 'transcript', 'refusal', 'arguments', 'input', 'code']

/** Adds a text to an item in the same place as in the final Response: in a member of the item, or in a part of a list. */
function withText(
  item: JsonObject,
  what: string,
  event: JsonObject,
  edit: (text: string) => string,
): JsonObject {
  const [, type, member] = /^(.+)_(arguments|input|code)$/.exec(what) ?? []
  if (type !== undefined && member !== undefined)
    return { type, ...item, [member]: edit(asText(item[member])) }
  const isSummary = what === 'reasoning_summary_text'
  const list = isSummary ? 'summary' : 'content'
  const index = event[isSummary ? 'summary_index' : 'content_index']
  const parts = [...asList(item[list])]
  const at = typeof index === 'number' ? index : Math.max(0, parts.length - 1)
  const place = what.endsWith('_transcript') ? 'transcript' : what === 'refusal' ? 'refusal' : 'text'
  const part = asObject(parts[at])
  const partType = isSummary ? 'summary_text' : what.replace(/_transcript$/, '')
  parts[at] = { type: partType, ...part, [place]: edit(asText(part[place])) }
  return { type: what.startsWith('reasoning') ? 'reasoning' : 'message', ...item, [list]: parts }
}
