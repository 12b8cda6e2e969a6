import type { Store } from '../engine/ports.ts'

/** A store in which one cassette is written only if it still is what it was. */
export interface GuardedStore {
  readonly store: Store
  /** Whether somebody wrote it meanwhile, so that it was left alone. */
  readonly foundChanged: () => boolean
}

/** @param text what the cassette's file was when it was read */
export function guarded(store: Store, text: string): GuardedStore {
  let changed = false
  return {
    foundChanged: () => changed,
    store: {
      location: store.location,
      fileOf: (name) => store.fileOf(name),
      list: () => store.list(),
      read: (name) => store.read(name),
      readBlob: (sha256) => store.readBlob(sha256),
      openBlob: (sha256) => store.openBlob(sha256),
      hasBlob: (sha256) => store.hasBlob(sha256),
      ensureWritable: () => store.ensureWritable(),
      rescue: (name, printed) => store.rescue(name, printed),
      update: (name, change) =>
        store.update(name, (present) => {
          if (present === text) return change(present)
          changed = true
          return undefined
        }),
    },
  }
}
