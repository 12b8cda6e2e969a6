import type { Assistant } from 'openai/resources/beta/assistants'
import type { Message } from 'openai/resources/beta/threads/messages'
import type { Batch } from 'openai/resources/batches'
import type { FileObject } from 'openai/resources/files'
import type { VectorStore } from 'openai/resources/vector-stores/vector-stores'
import type { VectorStoreFile } from 'openai/resources/vector-stores/files'
import type { Video } from 'openai/resources/videos'
import type { ResponseObject } from './response-parts.ts'
import type { HeldRun } from './runs.ts'
import { switches } from './switches.ts'
import type { HeldUpload } from './uploads.ts'
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
  readonly fileBatches: Map<string, { readonly batch: { readonly id: string }; readonly count: number }>
  readonly assistants: Map<string, Wire<Assistant>>
  /** The messages of each. */
  readonly threads: Map<string, Message[]>
  readonly runs: Map<string, HeldRun>
  readonly uploads: Map<string, HeldUpload>
  readonly videos: Map<string, Video>
  /** Archives. */
  readonly skills: Map<string, Uint8Array>
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
    fileBatches: new Map(),
    assistants: new Map(),
    threads: new Map(),
    runs: new Map(),
    uploads: new Map(),
    videos: new Map(),
    skills: new Map(),
    polls: new Map(),
    refused: new Set(),
  }
}

/** @returns 0 the first time, unless a switch says for how long */
export function poll(world: World, id: string): number {
  const times = world.polls.get(id) ?? 0
  world.polls.set(id, times + 1)
  const { polls = 1 } = switches()
  return Math.max(0, times + 1 - polls)
}
