import { sha256 } from '../../http/bytes.ts'
import type { Frame, FrameClose, FrameContent, FramesBody, Side } from '../cassette.ts'
import { CassetteError } from '../../messages/errors.ts'
import { type Blobs, holed, holesIn } from './frame-blobs.ts'
import { isPrintable, quoted } from './printable.ts'

/** Binary frames longer than this, in bytes, stand in a file of their own. */
const INLINE_BYTES = 1024

const SIGNS = { client: '>', server: '<' } as const

/**
 * What was said over a WebSocket as lines: `> OFFSET TEXT` from the client, `< OFFSET TEXT`
 * from the server. Text that is no JSON on one line is a JSON string, bytes are `base64 …` or
 * `blob SHA256 SIZE`. The last line tells who closed: `> OFFSET close CODE "REASON"`.
 * @param blobs takes what stands in files of its own, by its SHA-256
 */
export function printFrameLines({ frames, close }: Omit<FramesBody, 'kind'>, blobs: Blobs): string {
  const lines = frames.map(({ from, offset, content }) => [SIGNS[from], offset, notation(content, blobs)])
  if (close !== undefined) lines.push([SIGNS[close.from], close.offset, ...closing(close)])
  return lines.map((line) => `${line.join(' ')}\n`).join('')
}

function notation(content: FrameContent, blobs: Blobs): string {
  switch (content.kind) {
    case 'text': {
      const taken: Blobs = new Map()
      const short = holed(content, taken)
      const isPlain = short.kind === 'holed' || holesIn(short.text).length === 0
      if (!isPlain || !isShort(short.text)) return quoted(content.text)
      for (const [name, bytes] of taken) blobs.set(name, bytes)
      return short.text
    }
    case 'holed':
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

/** Whether it can stand as it is. */
function isShort(text: string): boolean {
  return /^[{[]/.test(text) && isPrintable(text) && !text.includes('\n')
}

/** @throws CassetteError that names the line that is none */
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
      `frame ${number} must read '> OFFSET …' from the client or '< OFFSET …' from the server, with the offset in whole ms and then JSON, a JSON string, 'base64 …' or 'blob SHA256 SIZE', not: ${line.slice(0, 80)}`,
    )
  }
  return { from: sideOf(sign), offset: Number(offset), content }
}

function parseContent(rest: string, where: string): FrameContent | undefined {
  if (/^[{[]/.test(rest)) return { kind: holesIn(rest).length > 0 ? 'holed' : 'text', text: rest }
  if (rest.startsWith('"')) return { kind: 'text', text: unquoted(rest, where) }
  const base64 = /^base64 ([A-Za-z0-9+/]*={0,2})$/.exec(rest)?.[1]
  if (base64 !== undefined) return { kind: 'binary', bytes: new Uint8Array(Buffer.from(base64, 'base64')) }
  const [, name, size] = /^blob ([0-9a-f]{64}) (\d{1,15})$/.exec(rest) ?? []
  return name === undefined ? undefined : { kind: 'blob', sha256: name, size: Number(size) }
}

function unquoted(text: string, where: string): string {
  try {
    return JSON.parse(text) as string
  } catch {
    throw new CassetteError(`${where} begins with a quote but is no JSON string: ${text.slice(0, 80)}`)
  }
}

function sideOf(sign: string): Side {
  return sign === '>' ? 'client' : 'server'
}
