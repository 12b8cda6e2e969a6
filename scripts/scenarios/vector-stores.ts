/** Adds a file to a vector store, and finds it with a question. */
import { type OpenAI, toFile } from 'openai'

const NOTES = 'The harbour of Marseille is called the Old Port. Its market opens at eight.'

export async function vectorStores(client: OpenAI) {
  const store = await client.vectorStores.create({
    name: 'notes of a scenario',
    expires_after: { anchor: 'last_active_at', days: 1 },
  })
  try {
    const upload = await toFile(Buffer.from(NOTES), 'harbour.txt', { type: 'text/plain' })
    const file = await client.vectorStores.files.uploadAndPoll(store.id, upload)
    try {
      const found = await client.vectorStores.search(store.id, { query: 'When does the market open?' })
      const [best] = found.data
      return {
        status: file.status,
        filename: best?.filename,
        score: best?.score,
        text: best?.content[0]?.text,
      }
    } finally {
      await client.files.delete(file.id)
    }
  } finally {
    await client.vectorStores.delete(store.id)
  }
}
