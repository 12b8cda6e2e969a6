import type { SpeechCreateParams } from 'openai/resources/audio/speech'
import type { Answer } from './answer.ts'
import { type Asked, jsonOf } from './asked.ts'
import { bytesOf } from './ids.ts'
import { resolveModel } from './models.ts'

const TYPES: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
}

/** How an MP3 frame at 128 kbit/s begins, and how long it is. */
const FRAME = Buffer.from('fff3e4c4', 'hex')
const FRAME_LENGTH = 384

/** Longer for longer texts, and never so short that it would stand in a cassette. A tag before it has the text. */
export function speech(asked: Asked): Answer {
  const params = jsonOf<SpeechCreateParams>(asked)
  resolveModel(params.model)
  const frames = 16 + Math.ceil(params.input.length / 4)
  const noise = Array.from({ length: frames }, (_, i) => [
    FRAME,
    bytesOf(`${asked.seed}/${i}`, FRAME_LENGTH - FRAME.length),
  ])
  const bytes = Buffer.concat([tag(params.input), ...noise.flat()])
  return { kind: 'bytes', type: TYPES[params.response_format ?? 'mp3'] ?? 'audio/mpeg', bytes }
}

/** The text of a recording that was made here. */
export function spokenText(bytes: Uint8Array): string | undefined {
  const all = Buffer.from(bytes)
  const at = all.indexOf(TITLE)
  if (!all.subarray(0, 3).equals(Buffer.from('ID3')) || at < 0) return undefined
  const start = at + TITLE.length
  return all.subarray(start + 7, start + 6 + all.readUInt32BE(start)).toString()
}

const TITLE = 'TIT2'

/** ID3v2.3: a header, and one frame of text in UTF-8. */
function tag(text: string): Buffer {
  const content = Buffer.from(`\x03${text}`)
  const frame = Buffer.concat([Buffer.from(TITLE), Buffer.alloc(6), content])
  frame.writeUInt32BE(content.length, TITLE.length)
  const head = Buffer.from('ID3\x03\0\0\0\0\0\0', 'latin1')
  // Its size has seven bits a byte.
  for (const i of [0, 1, 2, 3]) head[9 - i] = (frame.length >> (7 * i)) & 0x7f
  return Buffer.concat([head, frame])
}
