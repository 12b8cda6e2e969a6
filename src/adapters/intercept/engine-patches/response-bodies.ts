/** Changes to a Response's body that MSW and its engine need. They read a response in ways of their own. */

const EMPTY = new Uint8Array(0)

/**
 * Sends the head of a response before the first byte of its body is there. MSW's engine writes the head
 * together with the first piece, so the first piece is an empty one.
 */
export function flushHead(response: Response): Response {
  if (response.body === null) return response
  const reader = response.body.getReader()
  let isFlushed = false
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!isFlushed) {
          isFlushed = true
          return controller.enqueue(EMPTY)
        }
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  const { status, statusText, headers } = response
  return new Response(body, { status, statusText, headers })
}

/**
 * Lets a client cancel a response of which MSW holds an unread copy. MSW clones every response for its event
 * `response:mocked`. In a standard tee, cancelling one half waits for the other: the client would hang, and
 * the upstream would never learn that it left. Also, when a stream breaks, the client's half here still gets
 * everything that the copy has read ahead.
 */
export function withCancellableTee(response: Response): Response {
  const { body } = response
  // `Response.clone` calls the stream's `tee`, and keeps the first half for the original.
  if (body !== null) Object.defineProperty(body, 'tee', { value: () => teeForClient(body) })
  return response
}

type ByteStream = ReadableStream<Uint8Array<ArrayBuffer>>

/** Two streams over one reader: only the first, the client's, cancels it. */
function teeForClient(body: ByteStream): [ByteStream, ByteStream] {
  const reader = body.getReader()
  const reads: ReturnType<typeof reader.read>[] = []
  const half = (cancel: (reason: unknown) => Promise<void> | void): ByteStream => {
    let position = 0
    const pull = async (controller: ReadableStreamDefaultController): Promise<void> => {
      const { done, value } = await (reads[position++] ??= reader.read())
      if (done) controller.close()
      else controller.enqueue(value)
    }
    return new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
  }
  return [half((reason) => reader.cancel(reason)), half(() => {})]
}
