import type { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** What undici tells of a request, that of Node's own fetch and every other copy. */
interface Message {
  readonly request: object
}

/**
 * Has undici send each request in the context in which it was made. A connection belongs to
 * the context that opened it: through a pool that keeps or limits connections a request would
 * be sent in the name of another.
 * @returns what ends it
 */
export function followUndici<T>(context: AsyncLocalStorage<T>): () => void {
  const made = new WeakMap<object, { readonly store: T | undefined }>()
  const interrupted = new WeakMap<object, { readonly store: T | undefined }>()
  const enter = (store: T | undefined): void => context.enterWith(store as T)
  const listeners: Readonly<Record<string, (message: unknown) => void>> = {
    'undici:request:create': (message) => {
      made.set((message as Message).request, { store: context.getStore() })
    },
    // Its first bytes are written next.
    'undici:client:sendHeaders': (message) => {
      const { request } = message as Message
      const owner = made.get(request)
      const store = context.getStore()
      if (owner === undefined || owner.store === store) return
      interrupted.set(request, { store })
      enter(owner.store)
    },
    'undici:request:bodySent': (message) => {
      const before = interrupted.get((message as Message).request)
      if (before !== undefined) enter(before.store)
    },
  }
  for (const [channel, listener] of Object.entries(listeners)) subscribe(channel, listener)
  return () => {
    for (const [channel, listener] of Object.entries(listeners)) unsubscribe(channel, listener)
  }
}
