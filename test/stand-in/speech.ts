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

/** Longer for longer texts, and never so short that it would stand in a cassette. */
export function speech(asked: Asked): Answer {
  const params = jsonOf<SpeechCreateParams>(asked)
  resolveModel(params.model)
  const frames = 16 + Math.ceil(params.input.length / 4)
  const bytes = Buffer.concat(
    Array.from({ length: frames }, (_, i) => [
      FRAME,
      bytesOf(`${asked.seed}/${i}`, FRAME_LENGTH - FRAME.length),
    ]).flat(),
  )
  return { kind: 'bytes', type: TYPES[params.response_format ?? 'mp3'] ?? 'audio/mpeg', bytes }
}
