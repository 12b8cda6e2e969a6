import type { RecordedRequest } from '../cassette/cassette.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../json/json.ts'
import { excerpt } from '../messages/excerpt.ts'

const MAX_TEXT_LENGTH = 50

/** Summarizes a request by its model and its last text. Empty if the body has neither. */
export function gist({ body }: RecordedRequest): string {
  if (body.kind === 'multipart') {
    const files = body.parts.flatMap(({ filename }) => (filename === undefined ? [] : [filename]))
    const model = body.parts.find(({ name }) => name === 'model')?.content
    return [...(model?.kind === 'text' ? [model.text] : []), ...files].join(', ')
  }
  const json = body.kind === 'json' ? parseJson(body.text) : undefined
  if (!isJsonObject(json)) return ''
  const text = promptIn(json)?.replaceAll(/\s+/g, ' ').trim()
  const { model, stream } = json
  return [
    ...(typeof model === 'string' ? [model] : []),
    ...(stream === true ? ['streamed'] : []),
    ...(text === undefined || text === '' ? [] : [`"${excerpt(text, 0, MAX_TEXT_LENGTH)}"`]),
  ].join(', ')
}

function promptIn(json: JsonObject): string | undefined {
  for (const name of ['messages', 'input', 'prompt', 'query']) {
    const text = lastText(json[name])
    if (text !== undefined) return text
  }
  return undefined
}

/** The last text with the role `user`, or the last text of any role if there is none. */
function lastText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return undefined
  const items = value as readonly Json[]
  const users = items.filter((item) => isJsonObject(item) && item['role'] === 'user')
  for (const item of [...items, ...users].toReversed()) {
    const text = textOf(item)
    if (text !== undefined) return text
  }
  return undefined
}

/** The text of a message or of a plain input. */
function textOf(item: Json | undefined): string | undefined {
  const content = isJsonObject(item) ? item['content'] : item
  if (!Array.isArray(content)) return typeof content === 'string' ? content : undefined
  return (content as readonly Json[]).map(textOfPart).findLast((text) => text !== undefined)
}

function textOfPart(part: Json): string | undefined {
  return isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : undefined
}
