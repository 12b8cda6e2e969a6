import type { FileObject } from 'openai/resources/files'
import { type Answer, lines } from './answer.ts'
import { type Asked, fieldOf, fileOf } from './asked.ts'
import { notFound } from './errors.ts'
import { letters, NOW } from './ids.ts'
import { page } from './lists.ts'
import type { Wire } from './wire.ts'
import type { World } from './world.ts'

export async function createFile(asked: Asked, world: World): Promise<Answer> {
  const uploaded = fileOf(asked)
  const file = fileObject(asked.seed, uploaded.name, fieldOf(asked, 'purpose') ?? 'user_data', uploaded.size)
  keep(world, file, uploaded.type, new Uint8Array(await uploaded.arrayBuffer()))
  return lines(file)
}

export function fileObject(seed: string, filename: string, purpose: string, bytes: number): Wire<FileObject> {
  return {
    object: 'file',
    id: `file-${letters(seed, 22)}`,
    purpose: purpose as FileObject['purpose'],
    filename,
    bytes,
    created_at: NOW,
    expires_at: null,
    status: 'processed',
    status_details: null,
  }
}

export function keep(world: World, file: Wire<FileObject>, type: string, bytes: Uint8Array): void {
  world.files.set(file.id, { file, type, bytes })
}

export function listFiles(asked: Asked, world: World): Answer {
  const purpose = asked.query.get('purpose')
  const all = [...world.files.values()].map(({ file }) => file)
  return page(purpose === null ? all : all.filter((file) => file.purpose === purpose), asked.query)
}

export function retrieveFile(id: string, world: World): Answer {
  return lines(find(id, world).file)
}

export function contentOfFile(id: string, world: World): Answer {
  const { file, bytes } = find(id, world)
  const name = `attachment; filename="${file.filename.replaceAll(/[^ -~]/g, '?')}"; filename*=UTF-8''${encodeURIComponent(file.filename)}`
  return { kind: 'bytes', type: 'application/octet-stream', bytes, headers: [['Content-Disposition', name]] }
}

export function deleteFile(id: string, world: World): Answer {
  find(id, world)
  world.files.delete(id)
  return lines({ object: 'file', deleted: true, id })
}

function find(id: string, world: World): { file: Wire<FileObject>; bytes: Uint8Array } {
  const found = world.files.get(id)
  if (found !== undefined) return found
  throw notFound(`No such File object: ${id}`)
}
