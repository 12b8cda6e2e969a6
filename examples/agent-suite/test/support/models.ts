/** What each agent asks, and what goes wrong with the ones that nobody has. */
export const MODEL = 'gpt-4o-mini'
export const OTHER_MODEL = 'gpt-5-mini'
/** Counts what it may answer as part of its context of 8192 tokens. */
export const SMALL_MODEL = 'gpt-4'
export const NO_MODEL = 'no-such-model'

/** Known to the stand-in only: each fails once, then answers. */
export const RATE_LIMITED_ONCE = 'rate-limited-once'
export const BROKEN_ONCE = 'server-error-once'
/** Known to the stand-in only: always answers 500. */
export const BROKEN = 'server-error'
