import type { ChatCompletionCreateParams } from 'openai/resources/chat/completions'
import { ApiError, errorBody } from './errors.ts'

/** The old models count what may be answered as well. */
const CONTEXT: Readonly<Record<string, number>> = { 'gpt-4': 8192 }

/** @throws ApiError for parameters that are out of bounds */
export function refuseBeyondLimits(params: ChatCompletionCreateParams, promptTokens: number): void {
  const { model, messages, temperature, max_tokens: wanted } = params
  if (messages.length === 0) {
    const expected = 'Expected an array with minimum length 1, but got an empty array instead.'
    throw invalid(`Invalid 'messages': empty array. ${expected}`, 'messages', 'empty_array')
  }
  if (typeof temperature === 'number' && temperature > 2) {
    const expected = `Expected a value <= 2, but got ${temperature} instead.`
    const message = `Invalid 'temperature': decimal above maximum value. ${expected}`
    throw invalid(message, 'temperature', 'decimal_above_max_value')
  }
  const context = CONTEXT[model]
  const asked = promptTokens + (wanted ?? 0)
  if (context !== undefined && asked > context) {
    const message = `This model's maximum context length is ${context} tokens. However, you requested ${asked} tokens (${promptTokens} in the messages, ${wanted ?? 0} in the completion). Please reduce the length of the messages or completion.`
    throw invalid(message, 'messages', 'context_length_exceeded')
  }
}

function invalid(message: string, param: string, code: string): ApiError {
  return new ApiError(400, errorBody(message, { type: 'invalid_request_error', param, code }))
}
