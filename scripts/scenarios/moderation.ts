/** Checks which of several texts are flagged, and why. */
import type OpenAI from 'openai'

export async function moderation(client: OpenAI) {
  const { model, results } = await client.moderations.create({
    model: 'omni-moderation-latest',
    input: ['I like the rain.', 'I will find you and hurt you.'],
  })
  return {
    model,
    verdicts: results.map(({ flagged, categories }) => ({
      flagged,
      because: Object.entries(categories).flatMap(([name, applies]) => (applies ? [name] : [])),
    })),
  }
}
