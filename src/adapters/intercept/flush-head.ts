const NOTHING = new Uint8Array(0)

/**
 * Sends the head of a response before its body's first byte is there: MSW's engine writes it with
 * the first piece, and writes nothing for one that is empty.
 */
export function flushHead(response: Response): Response {
  if (response.body === null) return response
  const reader = response.body.getReader()
  let isBegun = false
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!isBegun) {
          isBegun = true
          return controller.enqueue(NOTHING)
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
