import type { Headers } from '../../http/message.ts'
import type { Opening } from '../../http/web-socket.ts'
import { bypassInterceptors } from './engine-patches/bypass-interceptors.ts'
import { PlayedWebSocket } from './played-web-socket.ts'

/** What answers WebSockets. */
export interface SocketAnswerer {
  connect(url: URL, headers: Headers, signal?: AbortSignal): Promise<Opening>
}

/**
 * Has WebSockets of the global class answered. Not by MSW's own interceptor of them: two of
 * these exclude each other in a process, and a user's server has one already.
 * @param choose gives what answers for a host; undefined when it is not ours
 * @returns what ends it
 */
export function playWebSockets(choose: (host: string) => SocketAnswerer | undefined): () => void {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
  const real = globalThis.WebSocket as unknown
  // A Node that was told to do without, or an environment that has none.
  if (before?.configurable !== true || typeof real !== 'function') return () => {}
  const ours = new Proxy(real, {
    construct(target, args: unknown[], newTarget) {
      const [url, options] = args
      const answerer = URL.canParse(String(url)) ? choose(new URL(String(url)).host) : undefined
      if (answerer === undefined) return Reflect.construct(target, args, newTarget) as object
      return new PlayedWebSocket(String(url), options, (...asked) =>
        bypassInterceptors(() => answerer.connect(...asked)),
      )
    },
  })
  Object.defineProperty(globalThis, 'WebSocket', {
    value: ours,
    configurable: true,
    enumerable: true,
    writable: true,
  })
  return () => {
    // Where somebody has stepped before us meanwhile, we stay behind them, and answer no more.
    if ((globalThis.WebSocket as unknown) === ours) Object.defineProperty(globalThis, 'WebSocket', before)
  }
}
