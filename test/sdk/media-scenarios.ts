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
    expected: { type: 'audio/mpeg', bytes: { length: 7296 } },
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
    name: 'generated images',
    run: (client) =>
      client.images.generate({ model: 'gpt-image-1', prompt: 'A lantern', n: 2, quality: 'low' }),
    expected: {
      data: [{ b64_json: expect.stringMatching(/^iVBORw0KGgo/) }, { b64_json: expect.any(String) }],
    },
  },
]
