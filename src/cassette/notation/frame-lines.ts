import { sha256 } from '../../http/bytes.ts'
import type { Frame, FrameClose, FrameContent, FramesBody, Side } from '../cassette.ts'
import { CassetteError } from '../../messages/errors.ts'
import { type ExtractedBlobs, extractBase64, blobRefs } from './frame-blobs.ts'
import { isPrintable, quoted, unquoted } from './lines.ts'

/** In bytes. Longer binary frames are stored in a separate file. */
const INLINE_BYTES = 1024

const SIGNS = { client: '>', server: '<' } as const

/**
 * Prints a WebSocket conversation with one frame per line: `> OFFSET TEXT` from the client, `< OFFSET TEXT`
 * from the server. TEXT is JSON without line breaks, or a JSON string for other text. Binary frames are
 * `base64 …` or `blob SHA256 SIZE`. The last line shows which side closed: `> OFFSET close CODE "REASON"`.
 * @param blobs receives the content of separate files, by SHA-256
 */
export function printFrameLines({ frames, close }: Omit<FramesBody, 'kind'>, blobs: ExtractedBlobs): string {
  const lines = frames.map(({ from, offset, content }) => [SIGNS[from], offset, notation(content, blobs)])
  if (close !== undefined) lines.push([SIGNS[close.from], close.offset, ...closing(close)])
  return lines.map((line) => `${line.join(' ')}\n`).join('')
}

function notation(content: FrameContent, blobs: ExtractedBlobs): string {
  switch (content.kind) {
    case 'text': {
      const extracted: ExtractedBlobs = new Map()
      const short = extractBase64(content, extracted)
      const isPlain = short.kind === 'text-with-blobs' || blobRefs(short.text).length === 0
      if (!isPlain || !isShort(short.text)) return quoted(content.text)
      for (const [name, bytes] of extracted) blobs.set(name, bytes)
      return short.text
    }
    case 'text-with-blobs':
      return content.text
    case 'blob':
      return `blob ${content.sha256} ${content.size}`
    case 'binary': {
      const { bytes } = content
      if (bytes.length <= INLINE_BYTES) return `base64 ${Buffer.from(bytes).toString('base64')}`
      const name = sha256(bytes)
      blobs.set(name, bytes)
      return `blob ${name} ${bytes.length}`
    }
  }
}

function closing({ code, reason }: FrameClose): string[] {
  return ['close', ...(code === undefined ? [] : [`${code}`]), ...(reason === '' ? [] : [quoted(reason)])]
}

/** Whether a text can be printed without quotes. */
function isShort(text: string): boolean {
  return /^[{[]/.test(text) && isPrintable(text) && !text.includes('\n')
}

/** @throws CassetteError that names the wrong line */
export function parseFrameLines(text: string): FramesBody {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const last = lines.at(-1)
  const close = last === undefined ? undefined : parseClose(last)
  const frames = (close === undefined ? lines : lines.slice(0, -1)).map((line, i) => parseFrame(line, i + 1))
  return { kind: 'frames', frames, ...(close === undefined ? {} : { close }) }
}

const CLOSE = /^([<>]) (\d{1,15}) close(?: (\d{4}))?(?: ("[^]*"))?$/

function parseClose(line: string): FrameClose | undefined {
  const [, sign, offset, code, reason] = CLOSE.exec(line) ?? []
  if (sign === undefined) return undefined
  return {
    from: sideOf(sign),
    offset: Number(offset),
    ...(code === undefined ? {} : { code: Number(code) }),
    reason: reason === undefined ? '' : unquoted(reason, 'the last line'),
  }
}

function parseFrame(line: string, number: number): Frame {
  const [, sign, offset, rest] = /^([<>]) (\d{1,15}) ([^]*)$/.exec(line) ?? []
  const content = rest === undefined ? undefined : parseContent(rest, `frame ${number}`)
  if (sign === undefined || content === undefined) {
    throw new CassetteError(
      `frame ${number} must be '> OFFSET …' from the client or '< OFFSET …' from the server, with the offset in whole milliseconds and then JSON, a JSON string, 'base64 …' or 'blob SHA256 SIZE', not: ${line.slice(0, 80)}`,
    )
  }
  return { from: sideOf(sign), offset: Number(offset), content }
}

function parseContent(rest: string, where: string): FrameContent | undefined {
  if (/^[{[]/.test(rest)) return { kind: blobRefs(rest).length > 0 ? 'text-with-blobs' : 'text', text: rest }
  if (rest.startsWith('"')) return { kind: 'text', text: unquoted(rest, where) }
  const base64 = /^base64 ([A-Za-z0-9+/]*={0,2})$/.exec(rest)?.[1]
  if (base64 !== undefined) return { kind: 'binary', bytes: new Uint8Array(Buffer.from(base64, 'base64')) }
  const [, name, size] = /^blob ([0-9a-f]{64}) (\d{1,15})$/.exec(rest) ?? []
  return name === undefined ? undefined : { kind: 'blob', sha256: name, size: Number(size) }
}

function sideOf(sign: string): Side {
  return sign === '>' ? 'client' : 'server'
}
