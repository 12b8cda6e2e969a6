/** Three turns of one conversation, which the API stores: each names the previous one. */
import type OpenAI from 'openai'

const model = 'gpt-5.4-mini'
const QUESTIONS = ['My dog is called Bello. Reply with one word.', 'What is his name?', 'Spell it.']

export async function responsesChain(client: OpenAI) {
  const turns: OpenAI.Responses.Response[] = []
  try {
    for (const input of QUESTIONS) {
      const previous = turns.at(-1)
      turns.push(await client.responses.create({ model, input, previous_response_id: previous?.id ?? null }))
    }
  } finally {
    for (const { id } of turns) await client.responses.delete(id)
  }
  return {
    answers: turns.map(({ output_text: text }) => text),
    follows: turns.map(({ previous_response_id: id }) => turns.findIndex((turn) => turn.id === id)),
  }
}
