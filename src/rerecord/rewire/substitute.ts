import type { Part, RecordedRequest, RequestBody } from '../../cassette/cassette.ts'
import { splitTarget } from '../../http/message.ts'
import { isJsonObject, type JsonObject, jsonText } from '../../json/json.ts'
import { decoded, isSaidByModel, jsonIn } from './carried.ts'
import { LONG } from './carried-index.ts'
import type { Content } from './files.ts'
import { applyEdits, type Edit, type Node, treeOf, valueOf } from '../../json/edit.ts'
import { isIdMember, WIDE_WORD, WORD } from './kinds.ts'

/** What stands for what now; undefined where a value stands for itself. */
export interface Substitution {
  id(word: string): string | undefined
  name(value: string): string | undefined
  text(value: string): string | undefined
  item(value: JsonObject): JsonObject | undefined
  file(content: Content): Content | undefined
}

/** The request with all that is known of it replaced. What is not replaced keeps its bytes. */
export function substituted(request: RecordedRequest, by: Substitution): RecordedRequest {
  return { ...request, path: inTarget(request.path, by), body: inBody(request.body, by) }
}

function inTarget(target: string, by: Substitution): string {
  const whole = by.name(target)
  if (whole !== undefined) return whole
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
  const plain = decoded(segment)
  const now = by.name(plain) ?? inWords(plain, by)
  if (now === plain) return segment
  // As the client wrote the old one: `ft:gpt-4o` and `ft%3Agpt-4o` are two paths.
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

function inPart(part: Part, by: Substitution): Part {
  if (part.content.kind !== 'text') return { ...part, content: by.file(part.content) ?? part.content }
  const { text } = part.content
  const now =
    part.filename === undefined && isIdMember(part.name.replace(/\[.*$/, '')) ? by.name(text) : undefined
  return { ...part, content: { kind: 'text', text: now ?? inText(text, by) } }
}

/** The JSON text with all that is known of it replaced. */
export function inJson(text: string, by: Substitution): string {
  const edits: Edit[] = []
  const root = treeOf(text)
  const todo: { readonly node: Node; readonly isAnswer: boolean }[] =
    root === undefined ? [] : [{ node: root, isAnswer: false }]
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    const { node } = at
    let { isAnswer } = at
    if (node.kind === 'object') {
      const value = valueOf(text, node)
      const now = isJsonObject(value) ? by.item(value) : undefined
      if (now !== undefined) {
        edits.push({ start: node.start, end: node.end, text: jsonText(now) })
        continue
      }
      isAnswer = isSaidByModel(value) ?? isAnswer
    }
    if (node.kind === 'member') {
      const now = inWords(node.key, by)
      if (now !== node.key) edits.push({ start: node.start, end: node.end, text: JSON.stringify(now) })
    }
    if (node.kind === 'string') {
      const before = valueOf(text, node) as string
      const now = inLeaf(before, node.key, isAnswer, by)
      if (now !== before) edits.push({ start: node.start, end: node.end, text: JSON.stringify(now) })
    }
    for (const child of node.children.toReversed()) todo.push({ node: child, isAnswer })
  }
  return applyEdits(text, edits)
}

function inLeaf(text: string, key: string, isAnswer: boolean, by: Substitution): string {
  const named = isIdMember(key) ? by.name(text) : undefined
  const whole = named ?? by.id(text) ?? (isAnswer && text.length < LONG ? by.text(text) : undefined)
  if (whole !== undefined) return whole
  return inText(text, by)
}

function inText(text: string, by: Substitution): string {
  const whole = text.length >= LONG ? by.text(text) : undefined
  if (whole !== undefined) return whole
  if (jsonIn(text) === undefined) return inWords(text, by)
  const name = (value: string): string | undefined =>
    value.length < SHORTEST_NAME ? undefined : by.name(value)
  return inJson(text, { ...by, name })
}

/** In JSON of the user's own making, the id `1` is hardly that of a call. In characters. */
const SHORTEST_NAME = 6

/** Ids that stand as whole words. */
function inWords(text: string, by: Substitution): string {
  return text.replace(WIDE_WORD, (wide) => by.id(wide) ?? wide.replace(WORD, (word) => by.id(word) ?? word))
}
