/** Compares two sentences with a third one. Run it with `npx openai-vcr replay --cassette examples/embeddings -- node examples/embeddings.ts`. */
import OpenAI from 'openai'

const client = new OpenAI()
const input = [
  'A cassette holds a recording.',
  'A tape plays back what was recorded.',
  'Potatoes grow in the ground.',
]
const { data, usage } = await client.embeddings.create({
  model: 'text-embedding-3-small',
  input,
  dimensions: 64,
})
const [first, ...others] = data.map(({ embedding }) => embedding)

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

for (const [i, other] of others.entries()) {
  process.stdout.write(`${cosine(first ?? [], other).toFixed(4)}  ${input[i + 1]}\n`)
}
process.stdout.write(`(${usage.total_tokens} tokens)\n`)
