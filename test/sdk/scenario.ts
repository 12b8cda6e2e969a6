import type OpenAI from 'openai'

/** Something that a program does with the official client. */
export interface Scenario {
  /** Reads after "replays". */
  readonly name: string
  /** Does it, and gives all that the client gave. */
  run(client: OpenAI): Promise<unknown>
  /** What must be in it at least, so that two equal failures are no success. */
  readonly expected: unknown
}

export async function collect<T>(stream: AsyncIterable<T> | PromiseLike<AsyncIterable<T>>): Promise<T[]> {
  const items: T[] = []
  for await (const item of await stream) items.push(item)
  return items
}
