/** An answer that takes its time: the API works at it in the background, and is asked after it until it is done. */
import { setTimeout as pause } from 'node:timers/promises'
import type OpenAI from 'openai'

/** Between two questions, where the API does not say. In ms. */
const PAUSE = 2000

export async function background(client: OpenAI) {
  let response = await client.responses.create({
    model: 'gpt-5.4-mini',
    input: 'Write a haiku about waiting.',
    background: true,
  })
  const seen: (string | undefined)[] = [response.status]
  try {
    while (response.status === 'queued' || response.status === 'in_progress') {
      const asked = await client.responses.retrieve(response.id).withResponse()
      response = asked.data
      seen.push(response.status)
      // A replay answers with this header, so that it does not wait.
      await pause(Number(asked.response.headers.get('openai-poll-after-ms') ?? PAUSE))
    }
  } finally {
    await client.responses.delete(response.id)
  }
  return { seen, text: response.output_text }
}
