import type {
  ChatCompletion,
  ChatCompletionCreateParams,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import type { CompletionUsage } from 'openai/resources/completions'
import { type Answer, lines } from './answer.ts'
import { type Asked, jsonOf } from './asked.ts'
import { chatEvents } from './chat-events.ts'
import { refuseBeyondLimits } from './chat-limits.ts'
import { hex, letters, NOW } from './ids.ts'
import { chatBreakingOff } from './mid-stream.ts'
import { resolveModel } from './models.ts'
import { type Reply, replyTo, type Situation } from './reply.ts'
import type { Schema } from './sample.ts'
import { switches } from './switches.ts'
import { countTokens } from './words.ts'

export function chat(asked: Asked): Answer {
  const params = jsonOf<ChatCompletionCreateParams>(asked)
  const model = resolveModel(params.model)
  refuseBeyondLimits(params, promptTokens(params))
  const replies = Array.from({ length: params.n ?? 1 }, (_, i) =>
    replyTo({ ...situationOf(params, `${asked.seed}/${i}`), choice: i }),
  )
  const spoken: Spoken = {
    id: `chatcmpl-${letters(asked.seed, 29)}`,
    created: NOW,
    model,
    service_tier: 'default',
    system_fingerprint: `fp_${hex(model, 10)}`,
    replies,
    usage: usageOf(params, replies),
  }
  if (params.stream === true)
    return { kind: 'events', events: chatBreakingOff(chatEvents(spoken, params, asked.seed), model) }
  return lines(completionOf(spoken))
}

/** All that both forms of an answer are made of. */
export interface Spoken {
  readonly id: string
  readonly created: number
  readonly model: string
  readonly service_tier: 'default'
  readonly system_fingerprint: string
  readonly replies: readonly Reply[]
  readonly usage: CompletionUsage
}

function completionOf({ replies, usage, service_tier, system_fingerprint, ...head }: Spoken): ChatCompletion {
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    choices: replies.map((reply, index) => ({
      index,
      message: messageOf(reply),
      logprobs: null,
      finish_reason: reply.kind === 'text' ? endOf() : 'tool_calls',
    })),
    usage,
    service_tier,
    system_fingerprint,
  }
}

/** How an answer in words ends. */
export function endOf(): 'stop' | 'length' {
  return switches().short ? 'length' : 'stop'
}

function messageOf(reply: Reply): ChatCompletion.Choice['message'] {
  if (reply.kind === 'text') return { role: 'assistant', content: reply.text, refusal: null, annotations: [] }
  const calls = reply.calls.map(({ id, ...called }) => ({ id, type: 'function' as const, function: called }))
  return { role: 'assistant', content: null, tool_calls: calls, refusal: null, annotations: [] }
}

function situationOf(params: ChatCompletionCreateParams, seed: string): Situation {
  const since = params.messages.slice(params.messages.findLastIndex(({ role }) => role === 'user') + 1)
  return {
    seed,
    prompt: textOf(params.messages.findLast(({ role }) => role === 'user')),
    tools: (params.tools ?? []).flatMap((tool) =>
      tool.type === 'function'
        ? [{ name: tool.function.name, parameters: (tool.function.parameters ?? {}) as Schema }]
        : [],
    ),
    parallel: params.parallel_tool_calls !== false,
    mayCall: params.tool_choice !== 'none',
    results: since.filter(({ role }) => role === 'tool').map(textOf),
    called: since.flatMap((message) =>
      message.role === 'assistant'
        ? (message.tool_calls ?? []).flatMap((call) => (call.type === 'function' ? [call.function.name] : []))
        : [],
    ),
    schema:
      params.response_format?.type === 'json_schema'
        ? ((params.response_format.json_schema.schema ?? {}) as Schema)
        : undefined,
  }
}

function textOf(message: ChatCompletionMessageParam | undefined): string {
  const content = message?.content
  if (typeof content === 'string') return content
  return (content ?? []).map((part) => ('text' in part ? part.text : `(${part.type})`)).join(' ')
}

function usageOf(params: ChatCompletionCreateParams, replies: readonly Reply[]): CompletionUsage {
  const prompt = promptTokens(params)
  const completion = replies.reduce(
    (sum, reply) =>
      sum +
      countTokens(reply.kind === 'text' ? reply.text : reply.calls.map((call) => call.arguments).join(' ')),
    0,
  )
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function promptTokens({ messages }: ChatCompletionCreateParams): number {
  return messages.reduce((sum, message) => sum + 4 + countTokens(textOf(message)), 3)
}
