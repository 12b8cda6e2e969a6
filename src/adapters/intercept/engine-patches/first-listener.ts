import { Interceptor } from '@mswjs/interceptors'
import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import { UsageError } from '../../../messages/errors.ts'
import { keepMockedSessionsOut } from './mocked-sessions.ts'

/** A client's request, as MSW's engine reports it. */
export interface RequestEvent {
  readonly request: Request
  readonly controller: {
    /** 0 until the request is answered or the client leaves. */
    readonly readyState: number
    respondWith(response: Response): void
    /** Without a reason, it only marks the request as handled. */
    errorWith(reason?: Error): void
  }
  /** Hides the request from all other listeners. */
  stopImmediatePropagation(): void
}

type Listener = (event: RequestEvent) => Promise<void>

/** Where all interceptors of a process get requests from, including those of a user's `setupServer`. */
interface RequestSource {
  readonly emitter: { earlyOn(type: 'request', listener: Listener): unknown }
  removeListener(type: 'request', listener: Listener): void
}

const SOURCE = Symbol.for('node-http-request-source')
const registered = (): unknown => globalThis.__MSW_INTERCEPTORS_REGISTRY?.get(SOURCE)

/**
 * Adds a listener for requests that is called before all others. A user's server with
 * `onUnhandledFrame: 'error'` would refuse the requests that it does not know.
 * @returns a function that removes it
 * @throws UsageError when another copy of the engine is active: each of two copies sees only some of the requests
 */
export function addFirstListener(listener: Listener): () => void {
  keepMockedSessionsOut()
  if (isActiveOtherCopy(registered())) {
    throw new UsageError(
      'two copies of @mswjs/interceptors are installed, one for msw and one for openai-vcr, and intercept() does not work beside the other copy. See `npm ls @mswjs/interceptors`, then run `npm dedupe`, or use cassetteHandlers(vcr) in your setupServer',
    )
  }
  const interceptor = new HttpRequestInterceptor()
  interceptor.apply()
  const source = registered()
  // In a version of the engine that is built differently, our listener takes its turn.
  if (!isRequestSource(source)) {
    interceptor.on('request', listener)
    return () => interceptor.dispose()
  }
  source.emitter.earlyOn('request', listener)
  return () => {
    source.removeListener('request', listener)
    interceptor.dispose()
  }
}

function isActiveOtherCopy(source: unknown): boolean {
  if (source === undefined || source instanceof Interceptor) return false
  return (source as { readyState?: unknown }).readyState === 'ACTIVE'
}

function isRequestSource(source: unknown): source is RequestSource {
  return typeof (source as Partial<RequestSource> | undefined)?.emitter?.earlyOn === 'function'
}
