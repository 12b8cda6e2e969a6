/** Uploads a file, retrieves it, reads its content and deletes it. */
import { type OpenAI, toFile } from 'openai'

const TEXT = `${JSON.stringify({ note: 'Grüße aus Zürich' })}\n`

export async function files(client: OpenAI) {
  const upload = await toFile(Buffer.from(TEXT), 'notes.jsonl', { type: 'application/jsonl' })
  // With most other purposes, the API refuses to return a file's content.
  const created = await client.files.create({ file: upload, purpose: 'batch' })
  try {
    const { filename, bytes, purpose } = await client.files.retrieve(created.id)
    const content = await client.files.content(created.id)
    const text = await content.text()
    return { filename, bytes, purpose, same: text === TEXT }
  } finally {
    await client.files.delete(created.id)
  }
}
