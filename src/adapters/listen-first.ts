import { HttpRequestInterceptor } from '@mswjs/interceptors/http'

/** A client's request as MSW's engine tells of it. */
export interface RequestEvent {
  readonly request: Request
  /** Its `readyState` is 0 as long as nobody has answered, and the client has not left. */
  readonly controller: { readonly readyState: number; respondWith(response: Response): void }
  /** Nobody else hears of it. */
  stopImmediatePropagation(): void
}

type Listener = (event: RequestEvent) => Promise<void>

/** What all interceptors of a process have their requests from, those of a user's `setupServer` among them. */
interface Source {
  readonly emitter: { earlyOn(type: 'request', listener: Listener): unknown }
  removeListener(type: 'request', listener: Listener): void
}

const SOURCE = Symbol.for('node-http-request-source')

/**
 * Listens to every client's requests, before all others do: they are heard one after the
 * other, and a user's server with `onUnhandledFrame: 'error'` refuses what it does not know.
 * @returns what ends it
 */
export function listenFirst(listener: Listener): () => void {
  const interceptor = new HttpRequestInterceptor()
  interceptor.apply()
  const source = globalThis.__MSW_INTERCEPTORS_REGISTRY?.get(SOURCE) as unknown
  // A version of the engine that is made differently: in turn, then.
  if (!isSource(source)) {
    interceptor.on('request', listener)
    return () => interceptor.dispose()
  }
  source.emitter.earlyOn('request', listener)
  return () => {
    source.removeListener('request', listener)
    interceptor.dispose()
  }
}

function isSource(source: unknown): source is Source {
  return typeof (source as Partial<Source> | undefined)?.emitter?.earlyOn === 'function'
}
