import type { Upload, UploadCompleteParams, UploadCreateParams } from 'openai/resources/uploads/uploads'
import type { UploadPart } from 'openai/resources/uploads/parts'
import { type Answer, lines } from './answer.ts'
import { type Asked, fileOf, jsonOf } from './asked.ts'
import { ApiError, errorBody, notFound } from './errors.ts'
import { fileObject, keep } from './files.ts'
import { hex, NOW } from './ids.ts'
import type { Wire } from './wire.ts'
import type { World } from './world.ts'

/** A file that comes in parts. */
export interface HeldUpload {
  readonly upload: Wire<Upload>
  readonly type: string
  readonly parts: Map<string, Uint8Array>
}

export function createUpload(asked: Asked, world: World): Answer {
  const { bytes, filename, purpose, mime_type: type } = jsonOf<UploadCreateParams>(asked)
  const upload: Wire<Upload> = {
    id: `upload_${hex(asked.seed, 32)}`,
    object: 'upload',
    bytes,
    created_at: NOW,
    filename,
    purpose,
    status: 'pending',
    expires_at: NOW + 3600,
    file: null,
  }
  world.uploads.set(upload.id, { upload, type, parts: new Map() })
  return lines(upload)
}

export async function addPart(id: string, asked: Asked, world: World): Promise<Answer> {
  const { parts } = find(id, world)
  const part: UploadPart = {
    id: `part_${hex(asked.seed, 32)}`,
    object: 'upload.part',
    created_at: NOW,
    upload_id: id,
  }
  parts.set(part.id, new Uint8Array(await fileOf(asked, 'data').arrayBuffer()))
  return lines(part)
}

/** @throws ApiError if the parts are not the bytes that were announced */
export function completeUpload(id: string, asked: Asked, world: World): Answer {
  const { upload, type, parts } = find(id, world)
  const ids = jsonOf<UploadCompleteParams>(asked).part_ids
  const bytes = Buffer.concat(ids.map((part) => parts.get(part) ?? new Uint8Array()))
  if (bytes.length !== upload.bytes) {
    const message = `Expected ${upload.bytes} bytes but got ${bytes.length} bytes from the parts.`
    throw new ApiError(400, errorBody(message, { type: 'invalid_request_error' }))
  }
  const file = fileObject(asked.seed, upload.filename, upload.purpose, bytes.length)
  keep(world, file, type, new Uint8Array(bytes))
  return lines({ ...upload, status: 'completed', file })
}

export function cancelUpload(id: string, world: World): Answer {
  return lines({ ...find(id, world).upload, status: 'cancelled' })
}

function find(id: string, world: World): HeldUpload {
  const found = world.uploads.get(id)
  if (found !== undefined) return found
  throw notFound(`No upload found with id '${id}'.`, null)
}
