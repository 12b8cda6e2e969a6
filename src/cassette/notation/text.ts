import { Document, LineCounter, Scalar, parseDocument } from 'yaml'
import { prettyJson } from '../../json/layout.ts'
import { sha256 } from '../../http/bytes.ts'
import {
  CASSETTE_VERSION,
  type Cassette,
  type Interaction,
  type FormPart,
  type RequestBody,
  type ResponseBody,
} from '../cassette.ts'
import type { InputPath } from '../../json/input/place.ts'
import { readCassette } from './schema.ts'
import { CassetteError } from '../../messages/errors.ts'
import { lineEndOf, printEventLines } from './event-lines.ts'
import { printFrameLines } from './frame-lines.ts'
import { isPrintable, printHeaderLines } from './lines.ts'
import type { Headers } from '../../http/message.ts'

/** In bytes. Longer binary bodies are stored in a separate file. */
export const INLINE_BYTES = 4096

/** The end marker of a YAML document. A file without it is incomplete. */
const END = '...\n'

/** Prints a cassette file, and collects the blobs that it refers to, by SHA-256. */
export function printCassette(cassette: Cassette): { text: string; blobs: ReadonlyMap<string, Uint8Array> } {
  const blobs = new Map<string, Uint8Array>()
  const document = new Document({
    version: cassette.version,
    upstream: cassette.upstream,
    recordedAt: cassette.recordedAt,
    ...(cassette.expires === undefined ? {} : { expires: cassette.expires }),
    interactions: cassette.interactions.map((interaction) => interactionNode(interaction, blobs)),
  })
  return { text: document.toString({ lineWidth: 0 }) + END, blobs }
}

/** The SHA-256 of an interaction in its printed form. */
export function hashOfInteraction(interaction: Interaction): string {
  const alone = {
    version: CASSETTE_VERSION,
    upstream: '',
    recordedAt: '',
    interactions: [interaction],
  } as const
  return sha256(printCassette(alone).text)
}

/**
 * Parses a cassette file.
 * @throws CassetteError that names the file, the line and the expected value
 */
export function parseCassette(text: string, file: string): Cassette {
  refuseOtherFiles(text, file)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const [broken] = document.errors
  if (broken !== undefined) {
    const where = lines.linePos(broken.pos[0])
    throw new CassetteError(
      `${file}:${where.line}: not valid YAML: ${broken.message}; restore it from version control or record again`,
    )
  }
  const lineOf = (place: InputPath): number => {
    for (let depth = place.length; depth > 0; depth--) {
      const node = document.getIn(place.slice(0, depth), true) as
        | { range?: [number, number, number] }
        | undefined
      if (node?.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  return readCassette(document.toJS(), (place, message) => {
    throw new CassetteError(`${file}:${lineOf(place)}: ${message}`)
  })
}

function refuseOtherFiles(text: string, file: string): void {
  if (text.trim() === '') throw new CassetteError(`${file}: the file is empty; delete it and record again`)
  const conflict = text.split('\n').findIndex((line) => /^(?:<{7}|={7}|>{7})(?: |$)/.test(line))
  if (conflict >= 0) {
    throw new CassetteError(
      `${file}:${conflict + 1}: contains a merge conflict; keep one side, or record again`,
    )
  }
  const version = /^version: *(\d+)\s*$/m.exec(text.slice(0, 4096))?.[1]
  if (version !== undefined && Number(version) > CASSETTE_VERSION) {
    throw new CassetteError(
      `${file}: has version ${version}, but this openai-vcr reads versions up to ${CASSETTE_VERSION}; update openai-vcr`,
    )
  }
  if (!/(?:^|\n)\.\.\.\s*$/.test(text)) {
    const lines = text.trimEnd().split('\n').length
    throw new CassetteError(
      `${file}:${lines}: the file is cut off: expected '...' as its last line; restore it from version control or record again`,
    )
  }
}

function interactionNode(interaction: Interaction, blobs: Map<string, Uint8Array>): object {
  const { request, response } = interaction
  return {
    ...(interaction.upstream === undefined ? {} : { upstream: interaction.upstream }),
    ...(interaction.recordedAt === undefined ? {} : { recordedAt: interaction.recordedAt }),
    request: {
      method: request.method,
      path: oneLine(request.path),
      ...headersNode(request.headers),
      ...bodyNode(request.body, blobs),
    },
    response: {
      status: response.status,
      ...(response.after === undefined ? {} : { after: response.after }),
      ...(response.truncated === undefined ? {} : { truncated: true }),
      ...headersNode(response.headers),
      ...bodyNode(response.body, blobs),
    },
  }
}

function headersNode(headers: Headers): object {
  return headers.length === 0 ? {} : { headers: literal(printHeaderLines(headers)) }
}

function bodyNode(body: RequestBody | ResponseBody, blobs: Map<string, Uint8Array>): object {
  if (body.kind === 'empty') return {}
  return {
    body:
      body.kind === 'multipart'
        ? { multipart: body.parts.map((part) => partNode(part, blobs)) }
        : contentNode(body, blobs),
  }
}

function partNode(part: FormPart, blobs: Map<string, Uint8Array>): object {
  const { name, filename, type, content } = part
  return {
    name: oneLine(name),
    ...(filename === undefined ? {} : { filename: oneLine(filename) }),
    ...(type === undefined ? {} : { type: oneLine(type) }),
    ...(content.kind === 'empty' ? { text: '' } : contentNode(content, blobs)),
  }
}

function contentNode(
  body: Exclude<RequestBody | ResponseBody, { kind: 'empty' | 'multipart' }>,
  blobs: Map<string, Uint8Array>,
): object {
  switch (body.kind) {
    case 'json':
      return { json: literal(prettyJson(body.text)) }
    case 'text':
      return { text: literal(body.text) }
    case 'events': {
      const eol = lineEndOf(body.events)
      return {
        ...(eol === '\r\n' ? { eol: 'crlf' } : {}),
        events: literal(printEventLines(body.events, eol)),
      }
    }
    case 'frames':
      return { frames: literal(printFrameLines(body, blobs)) }
    case 'blob':
      return { blob: body.sha256, size: body.size }
    case 'binary': {
      if (body.bytes.length <= INLINE_BYTES) return { base64: Buffer.from(body.bytes).toString('base64') }
      const name = sha256(body.bytes)
      blobs.set(name, body.bytes)
      return { blob: name, size: body.bytes.length }
    }
  }
}

/** Quotes a text if the YAML library would otherwise print a block that loses white space. */
function oneLine(text: string): string | Scalar {
  if (isPrintable(text) && !text.includes('\n')) return text
  const scalar = new Scalar(text)
  scalar.type = Scalar.QUOTE_DOUBLE
  return scalar
}

/** A block literal if it reproduces the exact text, otherwise a quoted string. */
function literal(text: string): Scalar {
  const scalar = new Scalar(text)
  const safe = isPrintable(text) && !/^[ \t\n]|\n[ \t]+\n?$/.test(text) && text !== ''
  scalar.type = safe ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE
  return scalar
}
