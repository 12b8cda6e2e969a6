import type { ChatCompletion, ChatCompletionChunk, CompletionUsage } from 'openai/resources'
import { expect } from 'vitest'

const COUNT = expect.toSatisfy((value) => Number.isInteger(value) && Number(value) >= 0)
const TEXT = expect.toSatisfy((value) => typeof value === 'string' && value.length > 0)
const TEXT_OR_NULL = expect.toSatisfy((value) => value === null || typeof value === 'string')

const REASONS = ['stop', 'length', 'tool_calls', 'content_filter', 'function_call']

/** Every field that a chat completion must have, with its type. It may have more. */
export function checkCompletion(completion: ChatCompletion): void {
  expect(completion).toMatchObject({
    id: expect.stringMatching(/^chatcmpl-\w+$/),
    object: 'chat.completion',
    created: COUNT,
    model: TEXT,
  })
  expect(completion.choices.map(({ index }) => index)).toEqual(completion.choices.map((_, i) => i))
  expect(completion.choices.length).toBeGreaterThan(0)
  for (const { message, logprobs, finish_reason: reason } of completion.choices) {
    expect(message).toMatchObject({ role: 'assistant', content: TEXT_OR_NULL, refusal: TEXT_OR_NULL })
    expect(logprobs).toBeNull()
    expect(REASONS).toContain(reason)
    for (const call of message.tool_calls ?? []) {
      expect(call).toMatchObject({
        id: expect.stringMatching(/^call_\w+$/),
        type: 'function',
        function: { name: TEXT, arguments: expect.any(String) },
      })
    }
  }
  checkUsage(completion.usage)
}

/** Every field that a chunk of a stream must have, with its type. */
export function checkChunk(chunk: ChatCompletionChunk): void {
  expect(chunk).toMatchObject({
    id: expect.stringMatching(/^chatcmpl-\w+$/),
    object: 'chat.completion.chunk',
    created: COUNT,
    model: TEXT,
  })
  for (const { index, delta, finish_reason: reason } of chunk.choices) {
    expect(index).toEqual(COUNT)
    expect(delta).toBeTypeOf('object')
    if (reason !== null) expect(REASONS).toContain(reason)
    for (const call of delta.tool_calls ?? []) expect(call).toMatchObject({ index: COUNT, function: {} })
  }
}

export function checkUsage(usage: CompletionUsage | null | undefined): asserts usage is CompletionUsage {
  expect(usage).toMatchObject({ prompt_tokens: COUNT, completion_tokens: COUNT, total_tokens: COUNT })
  expect(usage?.prompt_tokens).toBeGreaterThan(0)
  expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0))
}
