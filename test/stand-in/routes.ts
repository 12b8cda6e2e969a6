import type { Answer } from './answer.ts'
import { lines } from './answer.ts'
import type { Asked } from './asked.ts'
import { cancelBatch, createBatch, retrieveBatch } from './batches.ts'
import { chat } from './chat.ts'
import { embeddings } from './embeddings.ts'
import { invalidUrl } from './errors.ts'
import { contentOfFile, createFile, deleteFile, listFiles, retrieveFile } from './files.ts'
import { hex, NOW } from './ids.ts'
import { editImages, generateImages } from './images.ts'
import { listModels, retrieveModel } from './models.ts'
import { moderations } from './moderations.ts'
import { createResponse, deleteResponse, retrieveResponse } from './responses.ts'
import { createRun, createThreadAndRun, retrieveRun, submitToolOutputs } from './runs.ts'
import { contentOfSkill, createSkill } from './skills.ts'
import { speech } from './speech.ts'
import { createAssistant, createMessage, createThread, listMessages } from './threads.ts'
import { transcriptions } from './transcriptions.ts'
import { addPart, cancelUpload, completeUpload, createUpload } from './uploads.ts'
import {
  createFileBatch,
  createStoreFile,
  createVectorStore,
  deleteVectorStore,
  listStoreFiles,
  retrieveFileBatch,
  retrieveStoreFile,
  retrieveVectorStore,
  searchVectorStore,
} from './vector-stores.ts'
import { contentOfVideo, createVideo, retrieveVideo } from './videos.ts'
import type { World } from './world.ts'

type Endpoint = (asked: Asked, world: World, ids: readonly [string, string]) => Answer | Promise<Answer>

/** `*` stands for one segment of a path. */
const ROUTES: Readonly<Record<string, Endpoint>> = {
  'POST /v1/chat/completions': chat,
  'POST /v1/responses': createResponse,
  'GET /v1/responses/*': (_, world, [id]) => retrieveResponse(id, world),
  'DELETE /v1/responses/*': (_, world, [id]) => deleteResponse(id, world),
  'POST /v1/embeddings': embeddings,
  'POST /v1/moderations': moderations,
  'GET /v1/models': listModels,
  'GET /v1/models/*': (_asked, _world, [id]) => retrieveModel(id),
  'POST /v1/files': createFile,
  'GET /v1/files': listFiles,
  'GET /v1/files/*': (_, world, [id]) => retrieveFile(id, world),
  'DELETE /v1/files/*': (_, world, [id]) => deleteFile(id, world),
  'GET /v1/files/*/content': (_, world, [id]) => contentOfFile(id, world),
  'POST /v1/audio/speech': speech,
  'POST /v1/audio/transcriptions': transcriptions,
  'POST /v1/images/generations': generateImages,
  'POST /v1/images/edits': editImages,
  'POST /v1/uploads': createUpload,
  'POST /v1/uploads/*/parts': (asked, world, [id]) => addPart(id, asked, world),
  'POST /v1/uploads/*/complete': (asked, world, [id]) => completeUpload(id, asked, world),
  'POST /v1/uploads/*/cancel': (_, world, [id]) => cancelUpload(id, world),
  'POST /v1/videos': createVideo,
  'GET /v1/videos/*': (_, world, [id]) => retrieveVideo(id, world),
  'GET /v1/videos/*/content': (_, world, [id]) => contentOfVideo(id, world),
  'POST /v1/skills': createSkill,
  'GET /v1/skills/*/content': (_, world, [id]) => contentOfSkill(id, world),
  'POST /v1/batches': createBatch,
  'GET /v1/batches/*': (_, world, [id]) => retrieveBatch(id, world),
  'POST /v1/batches/*/cancel': (_, world, [id]) => cancelBatch(id, world),
  'POST /v1/vector_stores': createVectorStore,
  'GET /v1/vector_stores/*': (_, world, [id]) => retrieveVectorStore(id, world),
  'DELETE /v1/vector_stores/*': (_, world, [id]) => deleteVectorStore(id, world),
  'POST /v1/vector_stores/*/search': (asked, world, [id]) => searchVectorStore(id, asked, world),
  'POST /v1/vector_stores/*/files': (asked, world, [id]) => createStoreFile(id, asked, world),
  'GET /v1/vector_stores/*/files': (asked, world, [id]) => listStoreFiles(id, asked, world),
  'GET /v1/vector_stores/*/files/*': (_, world, [id, fileId]) => retrieveStoreFile(id, fileId, world),
  'POST /v1/vector_stores/*/file_batches': (asked, world, [id]) => createFileBatch(id, asked, world),
  'GET /v1/vector_stores/*/file_batches/*': (_, world, [, id]) => retrieveFileBatch(id, world),
  'POST /v1/assistants': createAssistant,
  'POST /v1/threads': createThread,
  'POST /v1/threads/runs': createThreadAndRun,
  'POST /v1/threads/*/messages': (asked, world, [id]) => createMessage(id, asked, world),
  'GET /v1/threads/*/messages': (asked, world, [id]) => listMessages(id, asked, world),
  'POST /v1/threads/*/runs': (asked, world, [id]) => createRun(id, asked, world),
  'GET /v1/threads/*/runs/*': (_, world, [, id]) => retrieveRun(id, world),
  'POST /v1/threads/*/runs/*/submit_tool_outputs': (asked, world, [, id]) =>
    submitToolOutputs(id, asked, world),
  'POST /v1/brand_new_endpoint': ({ seed }) =>
    lines({ id: `new_${hex(seed, 24)}`, object: 'brand_new', created: NOW }),
}

/** @throws ApiError for a path that the API does not know */
export async function answer(asked: Asked, world: World): Promise<Answer> {
  for (const [route, endpoint] of Object.entries(ROUTES)) {
    const ids = match(route, `${asked.method} ${asked.path}`)
    if (ids !== undefined) return endpoint(asked, world, ids)
  }
  throw invalidUrl(asked.method, asked.path)
}

function match(route: string, target: string): [string, string] | undefined {
  const wanted = route.split('/')
  const given = target.split('/')
  if (wanted.length !== given.length) return undefined
  if (!wanted.every((segment, i) => segment === '*' || segment === given[i])) return undefined
  const ids = given.filter((_, i) => wanted[i] === '*').map(decodeURIComponent)
  return [ids[0] ?? '', ids[1] ?? '']
}
