/** Of all copies of `@mswjs/interceptors` in a process. The next connection made in `callback` is not intercepted. */
declare global {
  var __MSW_INTERNAL_CONNECTION_CONTEXT: { run<T>(callback: () => T): T } | undefined
}

/**
 * Runs code that may send a request to the upstream while MSW intercepts. Otherwise MSW would intercept that
 * request too, without end. A mark on the request itself would be recorded, and could reach the upstream if the
 * interception ends meanwhile.
 */
export function bypassInterceptors<T>(answer: () => T): T {
  const context = globalThis.__MSW_INTERNAL_CONNECTION_CONTEXT
  return context === undefined ? answer() : context.run(answer)
}
