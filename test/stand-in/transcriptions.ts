import type { Transcription, TranscriptionStreamEvent } from 'openai/resources/audio/transcriptions'
import { type Answer, compact } from './answer.ts'
import { type Asked, fieldOf, fileOf } from './asked.ts'
import { bytesOf, digest, pick } from './ids.ts'
import { resolveModel } from './models.ts'
import { spokenText } from './speech.ts'
import { countTokens, inOtherWords, pieces } from './words.ts'

export async function transcriptions(asked: Asked): Promise<Answer> {
  resolveModel(fieldOf(asked, 'model'))
  const heard = new Uint8Array(await fileOf(asked).arrayBuffer())
  const text = inOtherWords(spokenText(heard) ?? pick(digest(heard), SENTENCES))
  if (fieldOf(asked, 'stream') === 'true')
    return { kind: 'events', events: eventsOf(text, wantsLogprobs(asked)) }
  const plain = plainOf(text, fieldOf(asked, 'response_format'))
  if (plain !== undefined)
    return { kind: 'bytes', type: 'text/plain; charset=utf-8', bytes: Buffer.from(plain) }
  const logprobs = wantsLogprobs(asked) ? { logprobs: logprobsOf(text) } : {}
  return compact({ text, ...logprobs, usage: usageOf(text) } satisfies Transcription)
}

/** What is heard in a recording that was not made here. */
const SENTENCES = [
  'Good morning, and welcome on board. The café on the upper deck is open until noon 🌦️',
  'This is the weather forecast: rain in the north, and a few naïve hopes of sun in the south.',
  'Please mind the gap between the train and the platform. Thank you — and have a good day.',
] as const

/** Subtitles are plain text too, by their type. */
function plainOf(text: string, format: string | undefined): string | undefined {
  const [from, to] = ['00:00:00', '00:00:04']
  if (format === 'text') return `${text}\n`
  if (format === 'srt') return `1\n${from},000 --> ${to},500\n${text}\n\n\n`
  if (format === 'vtt') return `WEBVTT\n\n${from}.000 --> ${to}.500\n${text}\n\n`
  return undefined
}

/** This endpoint alone ends its lines with CR and LF. */
function eventsOf(text: string, withLogprobs: boolean): string[] {
  const all = withLogprobs ? logprobsOf(text) : []
  const events: TranscriptionStreamEvent[] = [
    ...pieces(text).map((delta, i): TranscriptionStreamEvent => {
      const logprobs = withLogprobs ? { logprobs: all.slice(i, i + 1) } : {}
      return { type: 'transcript.text.delta', delta, ...logprobs }
    }),
    { type: 'transcript.text.done', text, ...(withLogprobs ? { logprobs: all } : {}), usage: usageOf(text) },
  ]
  return [...events.map((each) => JSON.stringify(each)), '[DONE]'].map((data) => `data: ${data}\r\n\r\n`)
}

function wantsLogprobs(asked: Asked): boolean {
  return [...(asked.form?.getAll('include[]') ?? []), fieldOf(asked, 'include')].includes('logprobs')
}

function logprobsOf(text: string): Transcription.Logprob[] {
  return pieces(text).map((token) => ({
    token,
    logprob: -bytesOf(token, 4).readUInt32BE() / 2 ** 40,
    bytes: [...Buffer.from(token)],
  }))
}

function usageOf(text: string): Transcription.Tokens {
  const said = countTokens(text)
  return {
    type: 'tokens',
    total_tokens: 17 + said,
    input_tokens: 17,
    input_token_details: { text_tokens: 0, audio_tokens: 17 },
    output_tokens: said,
  }
}
