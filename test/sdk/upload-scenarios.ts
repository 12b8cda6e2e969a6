import { createReadStream, openAsBlob } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { toFile } from 'openai'
import { expect } from 'vitest'
import { tempDir } from '../support/temp.ts'
import type { Scenario } from './scenario.ts'

/** Bytes that are no text in any coding. */
const BYTES = Uint8Array.from({ length: 9000 }, (_, i) => (i * 89 + (i >> 4)) % 256)

async function onDisk(): Promise<string> {
  const file = path.join(await tempDir(), 'größe.bin')
  await writeFile(file, BYTES)
  return file
}

export const uploadScenarios: readonly Scenario[] = [
  {
    name: 'files uploaded in each form that the client takes',
    async run(client) {
      const file = await onDisk()
      const blob = await openAsBlob(file)
      const forms = {
        'a stream of a file': createReadStream(file),
        'a stream with a name': await toFile(
          Readable.from([BYTES.subarray(0, 60), BYTES.subarray(60, 100)]),
          'stream.bin',
        ),
        'a blob': await toFile(blob, 'blob.bin'),
        'a File': new File([BYTES.subarray(0, 300)], 'file.bin', { type: 'application/x-own' }),
        'a response': await toFile(new Response(BYTES.subarray(0, 400)), 'response.bin'),
        bytes: await toFile(BYTES.subarray(0, 500), 'bytes.bin'),
      }
      const created = []
      for (const form of Object.values(forms))
        created.push(await client.files.create({ file: form, purpose: 'user_data' }))
      const content = await client.files.content(created[0]?.id ?? '')
      const bytes = Buffer.from(await content.arrayBuffer())
      return { created, same: bytes.equals(BYTES) }
    },
    expected: {
      created: [
        { filename: 'größe.bin', bytes: 9000 },
        { filename: 'stream.bin', bytes: 100 },
        { filename: 'blob.bin', bytes: 9000 },
        { filename: 'file.bin', bytes: 300 },
        { filename: 'response.bin', bytes: 400 },
        { filename: 'bytes.bin', bytes: 500 },
      ],
      same: true,
    },
  },
  {
    name: 'an upload in parts, sent at once and put together in order',
    async run(client) {
      const upload = await client.uploads.create({
        bytes: BYTES.length,
        filename: 'whole.bin',
        mime_type: 'application/octet-stream',
        purpose: 'user_data',
      })
      const parts = await Promise.all(
        [0, 1, 2].map(async (n) =>
          client.uploads.parts.create(upload.id, {
            data: await toFile(BYTES.subarray(n * 3000, (n + 1) * 3000), `part ${n}`),
          }),
        ),
      )
      const completed = await client.uploads.complete(upload.id, { part_ids: parts.map(({ id }) => id) })
      const content = await client.files.content(completed.file?.id ?? '')
      return { upload, parts, completed, same: Buffer.from(await content.arrayBuffer()).equals(BYTES) }
    },
    expected: {
      upload: { status: 'pending' },
      parts: { length: 3 },
      completed: { status: 'completed', file: { filename: 'whole.bin', bytes: 9000 } },
      same: true,
    },
  },
  {
    name: 'an upload that is cancelled',
    async run(client) {
      const about = { bytes: 3, filename: 'x', mime_type: 'text/plain', purpose: 'user_data' } as const
      const { id } = await client.uploads.create(about)
      return client.uploads.cancel(id)
    },
    expected: { status: 'cancelled', id: expect.stringMatching(/^upload_/) },
  },
]
