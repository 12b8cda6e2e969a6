/** Turns a sentence into speech, and the speech back into text. */
import { createHash } from 'node:crypto'
import { type OpenAI, toFile } from 'openai'

const SENTENCE = 'The ferry leaves at noon.'

export async function audio(client: OpenAI) {
  const spoken = await client.audio.speech.create({
    model: 'gpt-4o-mini-tts',
    voice: 'coral',
    input: SENTENCE,
    response_format: 'mp3',
  })
  const bytes = Buffer.from(await spoken.arrayBuffer())
  const heard = await client.audio.transcriptions.create({
    model: 'gpt-4o-mini-transcribe',
    file: await toFile(bytes, 'speech.mp3', { type: 'audio/mpeg' }),
  })
  return {
    type: spoken.headers.get('content-type'),
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    heard: heard.text,
  }
}
