/** Of `@mswjs/interceptors`, all its copies in a process alike: the next connection made in the callback is left alone. */
declare global {
  var __MSW_INTERNAL_CONNECTION_CONTEXT: { run<T>(callback: () => T): T } | undefined
}

/**
 * Runs what may ask the upstream from within an interception, its connection past all that
 * intercepts: MSW would take the upstream's request for the client's, and ask without end. A
 * mark on the request would be recorded with it, and reach the upstream should the interception
 * end meanwhile.
 */
export function bypassInterceptors<T>(answer: () => T): T {
  const context = globalThis.__MSW_INTERNAL_CONNECTION_CONTEXT
  return context === undefined ? answer() : context.run(answer)
}
