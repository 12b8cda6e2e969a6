/**
 * Asks a reasoning model without storing anything at the API: its reasoning is returned encrypted, and sent
 * back with the next question.
 */
import type OpenAI from 'openai'

export async function reasoning(client: OpenAI) {
  const asking: OpenAI.Responses.ResponseCreateParamsNonStreaming = {
    model: 'gpt-5.4-mini',
    reasoning: { effort: 'low' },
    store: false,
    include: ['reasoning.encrypted_content'],
  }
  const input: OpenAI.Responses.ResponseInput = [
    { role: 'user', content: 'A train leaves at 9:40 and takes 75 minutes. When does it arrive?' },
  ]
  const first = await client.responses.create({ ...asking, input })

  const said = first.output.filter((item) => item.type === 'reasoning' || item.type === 'message')
  input.push(...said, { role: 'user', content: 'And if it is 20 minutes late?' })
  const second = await client.responses.create({ ...asking, input })

  const thoughts = first.output.filter((item) => item.type === 'reasoning')
  if (!thoughts.some(({ encrypted_content: sealed }) => sealed)) throw new Error('no thoughts came along')
  return {
    thoughts: thoughts.map(({ encrypted_content: sealed }) => sealed?.length),
    reasoningTokens: first.usage?.output_tokens_details.reasoning_tokens,
    answers: [first.output_text, second.output_text],
  }
}
