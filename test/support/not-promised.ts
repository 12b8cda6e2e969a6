/** Headers that a replay does not promise (the contract): those of the connection, cookies, and the hints for waits. */
export const NOT_PROMISED: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'keep-alive',
  'openai-poll-after-ms',
  'retry-after-ms',
  'set-cookie',
  'transfer-encoding',
])
