/** A cassette cannot be used. The message names the file and the position, and says what to do. */
export class CassetteError extends Error {
  override readonly name = 'CassetteError'
}

/** An option, a flag or an environment variable is invalid. The message names it and says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A request fails without a response. Adapters break the connection, as a network failure would. */
export class ConnectionError extends Error {
  override readonly name: string = 'ConnectionError'
  /** Node's error code, if there is one: `ECONNRESET`. */
  readonly code: string | undefined

  constructor(message: string, code: string | undefined, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A recorded interaction that was never replayed. */
export interface UnusedInteraction {
  readonly cassette: string
  /** From 0, in the order of the file. */
  readonly position: number
  readonly method: string
  readonly path: string
}

/** Thrown when a replay with `strictUnused` ends and some interactions were never replayed. */
export class UnusedError extends Error {
  override readonly name = 'UnusedError'
  readonly unused: readonly UnusedInteraction[]

  constructor(unused: readonly UnusedInteraction[]) {
    super(explainUnused(unused))
    this.unused = unused
  }
}

const MAX_LISTED = 20

export function explainUnused(unused: readonly UnusedInteraction[]): string {
  const lines = unused
    .slice(0, MAX_LISTED)
    .map(
      ({ cassette, position, method, path }) =>
        `  interaction ${position + 1} of '${cassette}' (${method} ${path})`,
    )
  const more = unused.length > MAX_LISTED ? [`  and ${unused.length - MAX_LISTED} more`] : []
  const what =
    unused.length === 1 ? '1 recorded interaction was' : `${unused.length} recorded interactions were`
  return [
    `${what} never played:`,
    ...lines,
    ...more,
    'Send these requests again, or remove the interactions: openai-vcr replay --report FILE -- CMD, then openai-vcr prune --report FILE',
  ].join('\n')
}
