import type { ChatCompletionChunk } from 'openai/resources'

/** Reads a stream to its end: its chunks, and what it returns at last. */
export async function collect<Result>(
  stream: AsyncGenerator<ChatCompletionChunk, Result>,
): Promise<{ readonly chunks: readonly ChatCompletionChunk[]; readonly result: Result }> {
  const chunks: ChatCompletionChunk[] = []
  for (;;) {
    const { done, value } = await stream.next()
    if (done === true) return { chunks, result: value }
    chunks.push(value)
  }
}

/** All that comes. */
export async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** What the chunks of one choice spell. */
export function spelled(chunks: readonly ChatCompletionChunk[], index = 0): string {
  return chunks
    .flatMap(({ choices }) => choices.filter((choice) => choice.index === index))
    .map(({ delta }) => delta.content ?? '')
    .join('')
}
