/** Starts a response in the background, and polls it until it is done. */
import { setTimeout as pause } from 'node:timers/promises'
import type OpenAI from 'openai'

/** Between two polls, in ms, if the API does not say how long to wait. */
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
      // A replay sends this header, so that polling does not slow it down.
      await pause(Number(asked.response.headers.get('openai-poll-after-ms') ?? PAUSE))
    }
  } finally {
    await client.responses.delete(response.id)
  }
  return { seen, text: response.output_text }
}
