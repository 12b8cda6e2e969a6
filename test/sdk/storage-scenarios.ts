import { toFile } from 'openai'
import { expect } from 'vitest'
import { collect, type Scenario } from './scenario.ts'

const TASKS = ['a', 'b', 'c'].map((custom_id) => ({
  custom_id,
  method: 'POST',
  url: '/v1/chat/completions',
  body: {},
}))

function notes(text = 'Rain is expected.'): ReturnType<typeof toFile> {
  return toFile(Buffer.from(text), 'notes.txt', { type: 'text/plain' })
}

export const storageScenarios: readonly Scenario[] = [
  {
    name: 'models',
    run: async (client) => [await collect(client.models.list()), await client.models.retrieve('gpt-4o-mini')],
    expected: [
      expect.arrayContaining([expect.objectContaining({ id: 'gpt-5-mini' })]),
      { id: 'gpt-4o-mini' },
    ],
  },
  {
    name: 'the life of files: two created, listed in pages, one read and deleted',
    async run(client) {
      const bytes = Uint8Array.from({ length: 700 }, (_, i) => 255 - (i % 256))
      const odd = await client.files.create({
        file: await toFile(bytes, '“naïve” 1.bin'),
        purpose: 'user_data',
      })
      const plain = await client.files.create({ file: await notes(), purpose: 'assistants' })
      const listed = await collect(client.files.list({ limit: 1 }))
      const retrieved = await client.files.retrieve(plain.id)
      const content = await client.files.content(odd.id)
      const read = new Uint8Array(await content.arrayBuffer())
      const deleted = await client.files.delete(odd.id)
      return {
        odd,
        plain,
        listed,
        retrieved,
        same: Buffer.from(read).equals(bytes),
        read,
        deleted,
        left: await collect(client.files.list()),
      }
    },
    expected: {
      odd: { filename: '“naïve” 1.bin', bytes: 700 },
      listed: [{ purpose: 'user_data' }, { purpose: 'assistants' }],
      same: true,
      deleted: { deleted: true },
      left: [{ filename: 'notes.txt' }],
    },
  },
  {
    name: 'a batch that is polled until it is completed',
    async run(client) {
      const file = await toFile(
        Buffer.from(TASKS.map((task) => `${JSON.stringify(task)}\n`).join('')),
        'tasks.jsonl',
      )
      const input = await client.files.create({ file, purpose: 'batch' })
      const asked = {
        input_file_id: input.id,
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
      } as const
      const seen = [await client.batches.create(asked)]
      while (seen.at(-1)?.status !== 'completed' && seen.length < 9) {
        seen.push(await client.batches.retrieve(seen[0]?.id ?? ''))
      }
      const output = await client.files.content(seen.at(-1)?.output_file_id ?? '')
      return { seen, output: await output.text() }
    },
    expected: {
      seen: [
        { status: 'validating' },
        { status: 'validating' },
        { status: 'in_progress' },
        { status: 'completed' },
      ],
      output: expect.stringMatching(/"custom_id":"a".*\n.*"custom_id":"b".*\n.*"custom_id":"c".*\n$/),
    },
  },
  {
    name: 'a vector store and its files',
    async run(client) {
      const [one, two] = [
        await client.files.create({ file: await notes('one'), purpose: 'assistants' }),
        await client.files.create({ file: await notes('two'), purpose: 'assistants' }),
      ]
      const store = await client.vectorStores.create({ name: 'notes', file_ids: [one.id] })
      const added = await client.vectorStores.files.createAndPoll(store.id, { file_id: two.id })
      const listed = await collect(client.vectorStores.files.list(store.id))
      return { store, added, listed, after: await client.vectorStores.retrieve(store.id) }
    },
    expected: {
      store: { status: 'in_progress', file_counts: { total: 1 } },
      added: { status: 'completed', usage_bytes: 3 },
      listed: { length: 2 },
      after: { status: 'completed', file_counts: { completed: 2 } },
    },
  },
  {
    name: 'the polling helpers of vector stores, which upload as well',
    async run(client) {
      const store = await client.vectorStores.create({ name: 'notes' })
      const one = await client.vectorStores.files.uploadAndPoll(store.id, await notes('one'))
      const given = await client.files.create({ file: await notes('two'), purpose: 'assistants' })
      const batch = await client.vectorStores.fileBatches.createAndPoll(store.id, { file_ids: [given.id] })
      const files = [await notes('three'), await notes('four')]
      const uploaded = await client.vectorStores.fileBatches.uploadAndPoll(
        store.id,
        { files },
        { maxConcurrency: 1 },
      )
      return { one, batch, uploaded, after: await client.vectorStores.retrieve(store.id) }
    },
    expected: {
      one: { status: 'completed', usage_bytes: 3 },
      batch: { status: 'completed', file_counts: { completed: 1 } },
      uploaded: { status: 'completed', file_counts: { completed: 2, total: 2 } },
      after: { file_counts: { completed: 4 }, usage_bytes: 15 },
    },
  },
  {
    name: 'an endpoint that nobody has heard of',
    run: (client) => client.post('/brand_new_endpoint', { body: { novel: true }, query: { 'q[]': 'ä b' } }),
    expected: { object: 'brand_new', id: expect.stringMatching(/^new_/) },
  },
]
