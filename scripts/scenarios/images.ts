/** Generates a picture from a prompt. It is kept small, because it is part of the response's JSON. */
import type OpenAI from 'openai'

export async function images(client: OpenAI) {
  const drawn = await client.images.generate({
    model: 'gpt-image-1-mini',
    prompt: 'A red lantern on white ground, flat, no details',
    size: '1024x1024',
    quality: 'low',
    output_format: 'webp',
    output_compression: 20,
  })
  const picture = Buffer.from(drawn.data?.[0]?.b64_json ?? '', 'base64')
  if (picture.toString('latin1', 8, 12) !== 'WEBP') throw new Error('no picture came')
  return { format: drawn.output_format, bytes: picture.length, tokens: drawn.usage?.output_tokens }
}
