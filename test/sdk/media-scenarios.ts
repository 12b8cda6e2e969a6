import { toFile } from 'openai'
import { expect } from 'vitest'
import { collect, type Scenario } from './scenario.ts'

/** Bytes that are no text in any coding. */
const RECORDING = Uint8Array.from({ length: 6000 }, (_, i) => (i * 167 + (i >> 3)) % 256)

function recording(): ReturnType<typeof toFile> {
  return toFile(RECORDING, 'Grüße.mp3', { type: 'audio/mpeg' })
}

const transcribing = 'gpt-4o-transcribe'

export const mediaScenarios: readonly Scenario[] = [
  {
    name: 'embeddings as floats and as base64',
    run: (client) =>
      Promise.all([
        client.embeddings.create({
          model: 'text-embedding-3-small',
          input: 'rain',
          encoding_format: 'float',
        }),
        client.embeddings.create({
          model: 'text-embedding-3-small',
          input: 'rain',
          encoding_format: 'base64',
        }),
        client.embeddings.create({
          model: 'text-embedding-3-large',
          input: ['rain', 'sun'],
          dimensions: 256,
        }),
      ]),
    expected: [
      { data: [{ embedding: expect.arrayContaining([expect.any(Number)]) }] },
      { data: [{ embedding: expect.any(String) }] },
      { data: [{ embedding: { length: 256 } }, { index: 1, embedding: { length: 256 } }] },
    ],
  },
  {
    name: 'moderations',
    run: (client) =>
      client.moderations.create({
        model: 'omni-moderation-latest',
        input: ['I like rain', 'I will hurt you'],
      }),
    expected: { results: [{ flagged: false }, { flagged: true, categories: { violence: true } }] },
  },
  {
    name: 'speech, byte for byte',
    async run(client) {
      const spoken = await client.audio.speech.create({
        model: 'gpt-4o-mini-tts',
        voice: 'coral',
        input: 'It rains.',
      })
      return { type: spoken.headers.get('content-type'), bytes: new Uint8Array(await spoken.arrayBuffer()) }
    },
    expected: { type: 'audio/mpeg', bytes: { length: 7326 } },
  },
  {
    name: 'transcriptions as JSON, as text and as a stream',
    async run(client) {
      const json = await client.audio.transcriptions.create({ model: transcribing, file: await recording() })
      const text = await client.audio.transcriptions.create({
        model: transcribing,
        file: await recording(),
        response_format: 'text',
      })
      const events = await collect(
        client.audio.transcriptions.create({
          model: transcribing,
          file: await recording(),
          stream: true,
          include: ['logprobs'],
        }),
      )
      return [json, text, events]
    },
    expected: [
      { text: expect.any(String), usage: { type: 'tokens' } },
      expect.any(String),
      expect.arrayContaining([
        expect.objectContaining({ type: 'transcript.text.delta', logprobs: expect.any(Array) }),
        expect.objectContaining({ type: 'transcript.text.done' }),
      ]),
    ],
  },
  {
    name: 'subtitles as srt and as vtt',
    async run(client) {
      const as = async (response_format: 'srt' | 'vtt'): Promise<string> =>
        client.audio.transcriptions.create({ model: 'whisper-1', file: await recording(), response_format })
      return [await as('srt'), await as('vtt')]
    },
    expected: [
      expect.stringMatching(/^1\n00:00:00,000 --> .*\n.*\n\n\n$/s),
      expect.stringMatching(/^WEBVTT\n\n/),
    ],
  },
  {
    name: 'images that were edited: one with a mask, and two at once',
    async run(client) {
      const picture = (name: string, size: number) =>
        toFile(RECORDING.subarray(0, size), name, { type: 'image/png' })
      const edit = { model: 'gpt-image-1', prompt: 'A lantern, at dusk' }
      return [
        await client.images.edit({
          ...edit,
          image: await picture('läntern.png', 900),
          mask: await picture('mask.png', 300),
        }),
        await client.images.edit({
          ...edit,
          image: [await picture('one.png', 500), await picture('two.png', 700)],
          n: 2,
        }),
      ]
    },
    expected: [
      { data: { length: 1 }, usage: { input_tokens_details: { image_tokens: 194 } } },
      { data: { length: 2 }, usage: { input_tokens_details: { image_tokens: 388 } } },
    ],
  },
  {
    name: 'a video that is waited for, byte for byte',
    async run(client) {
      const seen = [await client.videos.create({ prompt: 'Rain', input_reference: await recording() })]
      while (seen.at(-1)?.status !== 'completed' && seen.length < 9)
        seen.push(await client.videos.retrieve(seen[0]?.id ?? ''))
      const content = await client.videos.downloadContent(seen[0]?.id ?? '')
      const type = content.headers.get('content-type')
      return { seen, type, bytes: new Uint8Array(await content.arrayBuffer()) }
    },
    expected: {
      seen: [{ status: 'queued' }, { status: 'in_progress' }, { status: 'completed' }],
      type: 'video/mp4',
      bytes: { length: 20_028 },
    },
  },
  {
    name: 'an archive of what was uploaded, byte for byte',
    async run(client) {
      const files = [
        await toFile(Buffer.from('# Notes'), 'notes/SKILL.md'),
        await toFile(RECORDING, 'notes/a.bin'),
      ]
      const skill = await client.skills.create({ files })
      const content = await client.skills.content.retrieve(skill.id)
      const type = content.headers.get('content-type')
      return { skill, type, bytes: new Uint8Array(await content.arrayBuffer()) }
    },
    expected: { type: 'application/zip', bytes: expect.objectContaining({ 0: 0x50, 1: 0x4b, 2: 3, 3: 4 }) },
  },
  {
    name: 'generated images',
    run: (client) =>
      client.images.generate({ model: 'gpt-image-1', prompt: 'A lantern', n: 2, quality: 'low' }),
    expected: {
      data: [{ b64_json: expect.stringMatching(/^iVBORw0KGgo/) }, { b64_json: expect.any(String) }],
    },
  },
]
