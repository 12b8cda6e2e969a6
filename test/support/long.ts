/** Whether this is `npm run test:long`: full counts, and on every adapter what otherwise one proves for all. */
export const LONG = process.env['TEST_LONG'] === 'true'
