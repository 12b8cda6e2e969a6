/** Gets an answer that follows a schema, checked and typed with zod. */
import type OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import { z } from 'zod'

const Recipe = z.object({
  title: z.string(),
  minutes: z.int(),
  difficulty: z.enum(['easy', 'medium', 'hard']),
  ingredients: z.array(z.object({ name: z.string(), grams: z.number() })),
})

export async function structuredOutput(client: OpenAI) {
  const response = await client.responses.parse({
    model: 'gpt-5.4-mini',
    input: 'Suggest a soup with three ingredients.',
    text: { format: zodTextFormat(Recipe, 'recipe') },
  })
  const recipe = response.output_parsed
  if (recipe === null) throw new Error('the answer is no recipe')
  return { recipe, isDone: response.status === 'completed' }
}
