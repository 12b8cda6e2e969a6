/** Asks a question and a follow-up question. Chat completions are stateless, so the second request repeats the first. */
import type OpenAI from 'openai'

const model = 'gpt-5.4-mini'

export async function chat(client: OpenAI) {
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'developer', content: 'Answer in one short sentence.' },
    { role: 'user', content: 'Which river flows through Paris?' },
  ]
  const first = await client.chat.completions.create({ model, messages })
  const answer = first.choices[0]?.message
  if (answer === undefined) throw new Error('the answer holds no choice')

  messages.push(answer, { role: 'user', content: 'And where does it end?' })
  const second = await client.chat.completions.create({ model, messages })

  return {
    model: first.model,
    answers: [answer.content, second.choices[0]?.message.content],
    tokens: [first.usage?.total_tokens, second.usage?.total_tokens],
  }
}
