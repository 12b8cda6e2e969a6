/** Asks one question. Run it with `npx openai-vcr replay --cassette examples/chat -- node examples/chat.ts`. */
import OpenAI from 'openai'

const client = new OpenAI()
const completion = await client.chat.completions.create({
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system', content: 'You answer in one short sentence.' },
    { role: 'user', content: 'Why is a test that calls a live model not repeatable?' },
  ],
})
process.stdout.write(`${completion.choices[0]?.message.content}\n`)
process.stdout.write(`(${completion.usage?.total_tokens} tokens, ${completion.id})\n`)
