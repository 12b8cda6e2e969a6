/** A cassette that cannot be used. The message names the file, the place and the way out. */
export class CassetteError extends Error {
  override readonly name = 'CassetteError'
}

/** Options, flags or surroundings that cannot work: the message names the thing and the way out. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A request gets no answer: adapters break its connection, as that to the API would have broken. */
export class ConnectionError extends Error {
  override readonly name: string = 'ConnectionError'
  /** As Node names it, where it does: `ECONNRESET`. */
  readonly code: string | undefined

  constructor(message: string, code: string | undefined, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A recorded interaction by its place. */
export interface UnusedInteraction {
  readonly cassette: string
  /** From 0, in the order of the file. */
  readonly position: number
  readonly method: string
  readonly path: string
}

/** A replay ended, `strictUnused` was asked for, and these interactions were never played. */
export class UnusedError extends Error {
  override readonly name = 'UnusedError'
  readonly unused: readonly UnusedInteraction[]

  constructor(unused: readonly UnusedInteraction[]) {
    super(explainUnused(unused))
    this.unused = unused
  }
}

/** Interactions named in a message. */
const SHOWN = 20

export function explainUnused(unused: readonly UnusedInteraction[]): string {
  const lines = unused
    .slice(0, SHOWN)
    .map(
      ({ cassette, position, method, path }) =>
        `  interaction ${position + 1} of '${cassette}' (${method} ${path})`,
    )
  const more = unused.length > SHOWN ? [`  and ${unused.length - SHOWN} more`] : []
  const what =
    unused.length === 1 ? '1 recorded interaction was' : `${unused.length} recorded interactions were`
  return [
    `${what} never played:`,
    ...lines,
    ...more,
    'Ask for them again, or remove them: openai-vcr replay --report FILE -- CMD, then openai-vcr prune --report FILE',
  ].join('\n')
}
