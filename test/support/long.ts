/** Whether this is `npm run test:long`: full counts, and on every adapter what otherwise one proves for all. */
export const LONG = process.env['TEST_LONG'] === 'true'

/** How often a law is tried on something arbitrary. */
export function runs(full: number): number {
  return LONG ? full : full / 5
}
