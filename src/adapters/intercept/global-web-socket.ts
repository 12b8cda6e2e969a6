import type { Answerer } from '../../engine/exchange/answerer.ts'
import { connectTo } from '../fetch/web.ts'
import { bypassInterceptors } from './engine-patches/bypass-interceptors.ts'
import { PlayedWebSocket } from './played-web-socket.ts'

/**
 * Answers WebSockets of the global class. MSW's own WebSocket interceptor is no alternative: only one can be
 * active in a process, and a user's server has one already.
 * @param choose chooses what answers for a host; undefined leaves the WebSocket alone
 * @returns a function that stops it
 */
export function playWebSockets(choose: (host: string) => Answerer | undefined): () => void {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
  const real = globalThis.WebSocket as unknown
  // Node may run without a WebSocket class, and so may a test environment.
  if (before?.configurable !== true || typeof real !== 'function') return () => {}
  const ours = new Proxy(real, {
    construct(target, args: unknown[], newTarget) {
      const [url, options] = args
      const answerer = URL.canParse(String(url)) ? choose(new URL(String(url)).host) : undefined
      if (answerer === undefined) return Reflect.construct(target, args, newTarget) as object
      return new PlayedWebSocket(String(url), options, (...handshake) =>
        bypassInterceptors(() => connectTo(answerer, ...handshake)),
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
    // If other code has replaced the class meanwhile, ours stays beneath it and answers no more.
    if ((globalThis.WebSocket as unknown) === ours) Object.defineProperty(globalThis, 'WebSocket', before)
  }
}
