import type { Batch } from 'openai/resources/batches'
import type { FileObject } from 'openai/resources/files'
import type { VectorStore } from 'openai/resources/vector-stores/vector-stores'
import type { VectorStoreFile } from 'openai/resources/vector-stores/files'
import type { ResponseObject } from './response-parts.ts'
import type { Wire } from './wire.ts'

/** What the stand-in remembers from one request to the next. */
export interface World {
  readonly responses: Map<string, ResponseObject>
  readonly files: Map<
    string,
    { readonly file: Wire<FileObject>; readonly type: string; readonly bytes: Uint8Array }
  >
  readonly batches: Map<string, Wire<Batch>>
  readonly stores: Map<
    string,
    { readonly store: Wire<VectorStore>; readonly files: Map<string, Wire<VectorStoreFile>> }
  >
  /** How often each thing that takes its time was asked after. */
  readonly polls: Map<string, number>
  /** Requests that have been told once to come again. */
  readonly refused: Set<string>
}

export function newWorld(): World {
  return {
    responses: new Map(),
    files: new Map(),
    batches: new Map(),
    stores: new Map(),
    polls: new Map(),
    refused: new Set(),
  }
}

/** @returns 0 the first time */
export function poll(world: World, id: string): number {
  const times = world.polls.get(id) ?? 0
  world.polls.set(id, times + 1)
  return times
}
