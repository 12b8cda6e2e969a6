import type { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** A message on undici's diagnostics channels, which Node's own fetch and every other copy of undici publish. */
interface Message {
  readonly request: object
}

/**
 * Makes undici send each request in the async context in which it was made. By itself it sends in the
 * context that opened the connection, which with a pool may be another test's.
 * @returns a function that stops it
 */
export function followUndici<T>(context: AsyncLocalStorage<T>): () => void {
  const made = new WeakMap<object, { readonly store: T | undefined }>()
  const interrupted = new WeakMap<object, { readonly store: T | undefined }>()
  const enter = (store: T | undefined): void => context.enterWith(store as T)
  const listeners: Readonly<Record<string, (message: unknown) => void>> = {
    'undici:request:create': (message) => {
      made.set((message as Message).request, { store: context.getStore() })
    },
    // Published just before the first bytes are written.
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
