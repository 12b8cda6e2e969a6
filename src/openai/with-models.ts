import type { FormPart, RecordedRequest, RequestBody } from '../cassette/cassette.ts'
import { percentDecoded, splitTarget } from '../http/message.ts'
import { applyEdits, type Edit, visitNodes } from '../json/edit.ts'
import { decodeString } from '../json/lexer.ts'

type Models = ReadonlyMap<string, string>

/**
 * Replaces the models in a request: in any `model` member of its JSON, in a form, in Azure's deployment paths and in
 * a WebSocket's query. Everything else stays the same.
 */
export function withModels(request: RecordedRequest, models: Models): RecordedRequest {
  if (models.size === 0) return request
  return { ...request, path: inPath(request.path, models), body: inBody(request.body, models) }
}

function inPath(target: string, models: Models): string {
  const { path, query } = splitTarget(target)
  const mapped = path.replace(
    /(\/(?:deployments|engines|models)\/)([^/?]+)/g,
    (all, before: string, name: string) => {
      const model = models.get(percentDecoded(name))
      return model === undefined ? all : before + encodeURIComponent(model)
    },
  )
  if (query === '') return mapped
  const pairs = query.split('&').map((pair) => {
    const [name = '', value = ''] = pair.split('=')
    const model = /^(?:model|deployment)$/.test(name) ? models.get(percentDecoded(value)) : undefined
    return model === undefined ? pair : `${name}=${encodeURIComponent(model)}`
  })
  return `${mapped}?${pairs.join('&')}`
}

function inBody(body: RequestBody, models: Models): RequestBody {
  if (body.kind === 'json') return { kind: 'json', text: inJson(body.text, models) }
  if (body.kind !== 'multipart') return body
  const parts = body.parts.map((part): FormPart => {
    if (part.name !== 'model' || part.content.kind !== 'text') return part
    const model = models.get(part.content.text)
    return model === undefined ? part : { ...part, content: { kind: 'text', text: model } }
  })
  return { kind: 'multipart', parts }
}

/** Edits the text instead of re-serializing it, so that numbers and the order of members stay the same. */
function inJson(text: string, models: Models): string {
  const edits: Edit[] = []
  visitNodes(text, ({ kind, key, parent, start, end }) => {
    if (kind !== 'string' || key !== 'model' || parent?.kind !== 'object') return
    const model = models.get(decodeString(text.slice(start, end)))
    if (model !== undefined) edits.push({ start, end, text: JSON.stringify(model) })
  })
  return applyEdits(text, edits)
}
