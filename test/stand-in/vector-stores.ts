import type {
  VectorStore,
  VectorStoreCreateParams,
  VectorStoreSearchParams,
} from 'openai/resources/vector-stores/vector-stores'
import type { FileBatchCreateParams } from 'openai/resources/vector-stores/file-batches'
import type { FileCreateParams, VectorStoreFile } from 'openai/resources/vector-stores/files'
import { type Answer, laidOut, polled } from './answer.ts'
import { type Asked, jsonOf } from './asked.ts'
import { notFound } from './errors.ts'
import { hex, NOW } from './ids.ts'
import { page } from './lists.ts'
import type { Wire } from './wire.ts'
import { poll, type World } from './world.ts'

type Held = { readonly store: Wire<VectorStore>; readonly files: Map<string, Wire<VectorStoreFile>> }

export function createVectorStore(asked: Asked, world: World): Answer {
  const params = jsonOf<VectorStoreCreateParams>(asked)
  const id = `vs_${hex(asked.seed, 32)}`
  const files = (params.file_ids ?? []).map((fileId) => storeFile(id, fileId, world))
  const store: Wire<VectorStore> & { description: string | null } = {
    id,
    object: 'vector_store',
    created_at: NOW,
    name: params.name ?? (null as unknown as string),
    description: params.description ?? null,
    usage_bytes: 0,
    file_counts: countsOf(files.length, 0),
    status: files.length === 0 ? 'completed' : 'in_progress',
    expires_after: params.expires_after ?? null,
    expires_at: null,
    last_active_at: NOW,
    metadata: params.metadata ?? {},
  }
  world.stores.set(id, { store, files: new Map(files.map((file) => [file.id, file])) })
  return laidOut(store)
}

export function retrieveVectorStore(id: string, world: World): Answer {
  const { store, files } = find(id, world)
  const usage = [...files.values()].reduce((sum, file) => sum + file.usage_bytes, 0)
  return laidOut({
    ...store,
    status: 'completed',
    usage_bytes: usage,
    file_counts: countsOf(files.size, files.size),
  })
}

export function deleteVectorStore(id: string, world: World): Answer {
  find(id, world)
  world.stores.delete(id)
  return laidOut({ id, object: 'vector_store.deleted', deleted: true })
}

/** Each file is one passage; those that have more of the query's words go first. */
export function searchVectorStore(id: string, asked: Asked, world: World): Answer {
  const { query, max_num_results: most = 10 } = jsonOf<VectorStoreSearchParams>(asked)
  const queries = [query].flat()
  const words =
    queries
      .join(' ')
      .toLowerCase()
      .match(/\p{L}+/gu) ?? []
  const found = [...find(id, world).files.values()].map(({ id: file_id, attributes }) => {
    const { file, bytes } = world.files.get(file_id) ?? {}
    const text = Buffer.from(bytes ?? []).toString()
    const known = words.filter((word) => text.toLowerCase().includes(word)).length
    const score = Number((known / Math.max(1, words.length)).toFixed(4))
    return { file_id, filename: file?.filename, score, attributes, content: [{ type: 'text', text }] }
  })
  const data = found.toSorted((a, b) => b.score - a.score).slice(0, most)
  const object = 'vector_store.search_results.page'
  return laidOut({ object, search_query: queries, data, has_more: false, next_page: null })
}

export function createStoreFile(id: string, asked: Asked, world: World): Answer {
  const { files } = find(id, world)
  const file = storeFile(id, jsonOf<FileCreateParams>(asked).file_id, world)
  files.set(file.id, file)
  return laidOut(file)
}

export function listStoreFiles(id: string, asked: Asked, world: World): Answer {
  const done = [...find(id, world).files.values()].map((file) => ({ ...file, status: 'completed' }))
  return page(done, asked.query)
}

/** In progress when first asked after, completed from then on. */
export function retrieveStoreFile(id: string, fileId: string, world: World): Answer {
  const file = find(id, world).files.get(fileId)
  if (file === undefined)
    throw notFound(`No file found with id '${fileId}' in vector store '${id}'.`, 'file_id')
  return polled(poll(world, `${id}/${fileId}`) === 0 ? file : { ...file, status: 'completed' })
}

export function createFileBatch(id: string, asked: Asked, world: World): Answer {
  const { files } = find(id, world)
  const added = (jsonOf<FileBatchCreateParams>(asked).file_ids ?? []).map((each) =>
    storeFile(id, each, world),
  )
  for (const file of added) files.set(file.id, file)
  const batch = {
    id: `vsfb_${hex(asked.seed, 32)}`,
    object: 'vector_store.file_batch',
    created_at: NOW,
    vector_store_id: id,
  }
  world.fileBatches.set(batch.id, { batch, count: added.length })
  return laidOut({ ...batch, status: 'in_progress', file_counts: countsOf(added.length, 0) })
}

/** In progress when first asked after, completed from then on. */
export function retrieveFileBatch(id: string, world: World): Answer {
  const found = world.fileBatches.get(id)
  if (found === undefined) throw notFound(`No batch found with id '${id}'.`, null)
  const { batch, count } = found
  const isDone = poll(world, id) > 0
  const status = isDone ? 'completed' : 'in_progress'
  return polled({ ...batch, status, file_counts: countsOf(count, isDone ? count : 0) })
}

function storeFile(id: string, fileId: string, world: World): Wire<VectorStoreFile> {
  return {
    id: fileId,
    object: 'vector_store.file',
    usage_bytes: world.files.get(fileId)?.bytes.length ?? 0,
    created_at: NOW,
    vector_store_id: id,
    status: 'in_progress',
    last_error: null,
    chunking_strategy: { type: 'static', static: { max_chunk_size_tokens: 800, chunk_overlap_tokens: 400 } },
    attributes: {},
  }
}

function countsOf(total: number, completed: number): VectorStore.FileCounts {
  return { in_progress: total - completed, completed, failed: 0, cancelled: 0, total }
}

function find(id: string, world: World): Held {
  const found = world.stores.get(id)
  if (found !== undefined) return found
  throw notFound(`Vector store with id '${id}' not found.`, null)
}
