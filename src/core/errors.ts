/** A cassette that cannot be used. The message names the file, the place and the way out. */
export class CassetteError extends Error {
  override readonly name = 'CassetteError'
}

/** Options, flags or surroundings that cannot work: the message names the thing and the way out. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
