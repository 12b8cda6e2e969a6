/** Turns texts into vectors, and compares them. */
import type OpenAI from 'openai'

const TEXTS = ['It is raining.', 'The weather is wet.', 'A violin has four strings.']

export async function embeddings(client: OpenAI) {
  const { data, usage } = await client.embeddings.create({
    model: 'text-embedding-3-small',
    input: TEXTS,
    dimensions: 256,
  })
  const [first, ...others] = data.map(({ embedding }) => embedding)
  if (first === undefined) throw new Error('no vectors came')
  return {
    dimensions: first.length,
    nearness: others.map((other) => Number(dot(first, other).toFixed(4))),
    tokens: usage.total_tokens,
  }
}

/** The cosine of their angle: they have the length 1. */
function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
}
