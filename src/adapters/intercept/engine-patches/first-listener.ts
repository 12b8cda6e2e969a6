import { Interceptor } from '@mswjs/interceptors'
import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import { UsageError } from '../../../messages/errors.ts'
import { keepMockedSessionsOut } from './mocked-sessions.ts'

/** A client's request as MSW's engine tells of it. */
export interface RequestEvent {
  readonly request: Request
  /** Its `readyState` is 0 as long as nobody has answered, and the client has not left. */
  readonly controller: {
    readonly readyState: number
    respondWith(response: Response): void
    /** Without a reason it only says that the request needs nobody else. */
    errorWith(reason?: Error): void
  }
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
const registered = (): unknown => globalThis.__MSW_INTERCEPTORS_REGISTRY?.get(SOURCE)

/**
 * Listens to every client's requests, before all others do: they are heard one after the
 * other, and a user's server with `onUnhandledFrame: 'error'` refuses what it does not know.
 * @returns what ends it
 * @throws UsageError where another copy of the engine is at work: two hear of half of the requests each
 */
export function addFirstListener(listener: Listener): () => void {
  keepMockedSessionsOut()
  if (isOtherCopyAtWork(registered())) {
    throw new UsageError(
      'two copies of @mswjs/interceptors are installed, that of msw and that of openai-vcr, and intercept cannot stand beside the other: see `npm ls @mswjs/interceptors`, then `npm dedupe`; or use cassetteHandlers(vcr) in your setupServer',
    )
  }
  const interceptor = new HttpRequestInterceptor()
  interceptor.apply()
  const source = registered()
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

function isOtherCopyAtWork(source: unknown): boolean {
  if (source === undefined || source instanceof Interceptor) return false
  return (source as { readyState?: unknown }).readyState === 'ACTIVE'
}

function isSource(source: unknown): source is Source {
  return typeof (source as Partial<Source> | undefined)?.emitter?.earlyOn === 'function'
}
