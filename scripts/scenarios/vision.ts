/** Asks about a picture, which is part of the request as a data URL. */
import type OpenAI from 'openai'

/** A red square of 64 by 64, as PNG. */
const RED_SQUARE =
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABAAQMAAACQp+OdAAAAA1BMVEXQICCEGQyAAAAAD0lEQVR42mNgGAWjgHwAAAJAAAHgTR1EAAAAAElFTkSuQmCC'

export async function vision(client: OpenAI) {
  const completion = await client.chat.completions.create({
    model: 'gpt-5.4-mini',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What colour is this picture? Answer in one word.' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${RED_SQUARE}`, detail: 'low' } },
        ],
      },
    ],
  })
  return { answer: completion.choices[0]?.message.content, promptTokens: completion.usage?.prompt_tokens }
}
