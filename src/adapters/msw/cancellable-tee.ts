/**
 * Lets the client of a response leave it while a copy is unread. MSW 2 copies every response for its
 * events (`response:mocked`), and the cancel of one half of a copied stream waits for the other's:
 * the client would wait for ever, and the upstream never hear that it left. Nor does a stream that
 * breaks take from one half what the other has read ahead.
 */
export function withCancellableTee(response: Response): Response {
  const { body } = response
  // A Response is copied by its stream's `tee`. The first half stays with the client.
  if (body !== null) Object.defineProperty(body, 'tee', { value: () => teeForClient(body) })
  return response
}

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>

function teeForClient(body: Bytes): [Bytes, Bytes] {
  const reader = body.getReader()
  const reads: ReturnType<typeof reader.read>[] = []
  const half = (cancel: (reason: unknown) => Promise<void> | void): Bytes => {
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
