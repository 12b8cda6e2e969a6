/** Sends a batch, which is answered within a day at half the price, and cancels it. */
import { type OpenAI, toFile } from 'openai'

const REQUESTS = ['one', 'two'].map((custom_id) => ({
  custom_id,
  method: 'POST',
  url: '/v1/chat/completions',
  body: { model: 'gpt-5.4-mini', messages: [{ role: 'user', content: `Write the number ${custom_id}.` }] },
}))

export async function batches(client: OpenAI) {
  const lines = REQUESTS.map((request) => `${JSON.stringify(request)}\n`).join('')
  const input = await client.files.create({
    file: await toFile(Buffer.from(lines), 'requests.jsonl', { type: 'application/jsonl' }),
    purpose: 'batch',
  })
  try {
    const created = await client.batches.create({
      input_file_id: input.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      metadata: { purpose: 'a scenario' },
    })
    const begun = await client.batches.retrieve(created.id)
    const cancelled = await client.batches.cancel(created.id)
    return {
      statuses: [created, begun, cancelled].map(({ status }) => status),
      isAboutItsFile: begun.input_file_id === input.id,
      metadata: cancelled.metadata,
    }
  } finally {
    await client.files.delete(input.id)
  }
}
