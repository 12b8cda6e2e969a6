import type { FormPart, RecordedRequest, RequestBody } from '../../cassette/cassette.ts'
import { percentDecoded, splitTarget } from '../../http/message.ts'
import { isJsonObject, type JsonObject, jsonText } from '../../json/json.ts'
import { applyEdits, type Edit, type Node, treeOf, valueOf } from '../../json/edit.ts'
import type { RewireRules } from '../../api/rewire.ts'
import type { FileContent } from './generated-files.ts'
import { fieldName, jsonInside, LONG_TEXT, WIDE_WORD, WORD } from './request-values.ts'

/** Returns the new value for a recorded one; undefined to leave it unchanged. */
export interface Substitution {
  readonly rules: RewireRules
  id(word: string): string | undefined
  name(value: string): string | undefined
  text(value: string): string | undefined
  item(value: JsonObject): JsonObject | undefined
  file(content: FileContent): FileContent | undefined
}

/** Replaces recorded values in a request. Everything else stays identical, byte for byte. */
export function substitute(request: RecordedRequest, by: Substitution): RecordedRequest {
  return { ...request, path: inTarget(request.path, by), body: inBody(request.body, by) }
}

function inTarget(target: string, by: Substitution): string {
  const replacement = by.name(target)
  if (replacement !== undefined) return replacement
  const { path, query } = splitTarget(target)
  const segments = path.split('/').map((segment) => inSegment(segment, by))
  if (query === '') return target.includes('?') ? `${segments.join('/')}?` : segments.join('/')
  const pairs = query.split('&').map((pair) => {
    const equals = pair.indexOf('=') + 1
    return pair.slice(0, equals) + inSegment(pair.slice(equals), by)
  })
  return `${segments.join('/')}?${pairs.join('&')}`
}

function inSegment(segment: string, by: Substitution): string {
  const plain = percentDecoded(segment)
  const now = by.name(plain) ?? inProse(plain, by)
  if (now === plain) return segment
  // Uses the same encoding as the client: `ft:model` and `ft%3Amodel` are different paths.
  return segment === encodeURIComponent(plain)
    ? encodeURIComponent(now)
    : now.replaceAll(/[^A-Za-z0-9._~!$'()*,;=:@-]/g, encodeURIComponent)
}

function inBody(body: RequestBody, by: Substitution): RequestBody {
  switch (body.kind) {
    case 'json':
      return { kind: 'json', text: inJson(body.text, by) }
    case 'text':
      return { kind: 'text', text: inText(body.text, by) }
    case 'multipart':
      return { kind: 'multipart', parts: body.parts.map((part) => inPart(part, by)) }
    default:
      return by.file(body) ?? body
  }
}

function inPart(part: FormPart, by: Substitution): FormPart {
  if (part.content.kind !== 'text') return { ...part, content: by.file(part.content) ?? part.content }
  const { text } = part.content
  const isId = part.filename === undefined && by.rules.isIdMember(fieldName(part.name))
  const now = isId ? by.name(text) : undefined
  return { ...part, content: { kind: 'text', text: now ?? inText(text, by) } }
}

/** Replaces recorded values in JSON text. */
export function inJson(text: string, by: Substitution): string {
  const edits: Edit[] = []
  const root = treeOf(text)
  const todo: { readonly node: Node; readonly isModelOutput: boolean }[] =
    root === undefined ? [] : [{ node: root, isModelOutput: false }]
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const { node } = at
    let { isModelOutput } = at
    if (node.kind === 'object') {
      const value = valueOf(text, node)
      const now = isJsonObject(value) ? by.item(value) : undefined
      if (now !== undefined) {
        edits.push({ start: node.start, end: node.end, text: jsonText(now) })
        continue
      }
      if (isJsonObject(value)) isModelOutput = by.rules.isModelOutput(value) ?? isModelOutput
    }
    if (node.kind === 'member') {
      const now = inProse(node.key, by)
      if (now !== node.key) edits.push({ start: node.start, end: node.end, text: JSON.stringify(now) })
    }
    if (node.kind === 'string') {
      const before = valueOf(text, node) as string
      const now = inLeaf(before, { member: node.key, isModelOutput }, by)
      if (now !== before) edits.push({ start: node.start, end: node.end, text: JSON.stringify(now) })
    }
    for (const child of node.children.toReversed()) todo.push({ node: child, isModelOutput })
  }
  return applyEdits(text, edits)
}

function inLeaf(
  text: string,
  { member, isModelOutput }: { readonly member: string; readonly isModelOutput: boolean },
  by: Substitution,
): string {
  const name = by.rules.isIdMember(member) ? by.name(text) : undefined
  const isShortOutput = isModelOutput && text.length < LONG_TEXT
  const replacement = name ?? by.id(text) ?? (isShortOutput ? by.text(text) : undefined)
  if (replacement !== undefined) return replacement
  return inText(text, by)
}

function inText(text: string, by: Substitution): string {
  const replacement = text.length >= LONG_TEXT ? by.text(text) : undefined
  if (replacement !== undefined) return replacement
  if (jsonInside(text) === undefined) return inProse(text, by)
  const name = (value: string): string | undefined => (value.length < MIN_NAME ? undefined : by.name(value))
  return inJson(text, { ...by, name })
}

/** In characters. A short id, such as `1`, in the user's JSON is unlikely to be the id of a call. */
const MIN_NAME = 6

/** Replaces ids that are whole words. */
function inProse(text: string, by: Substitution): string {
  return text.replace(WIDE_WORD, (wide) => by.id(wide) ?? wide.replace(WORD, (word) => by.id(word) ?? word))
}
