import type {
  Response as SdkResponse,
  ResponseCreateParams,
  ResponseOutputItem,
  ResponseReasoningItem,
  ResponseUsage,
} from 'openai/resources/responses/responses'
import { bytesOf, hex, NOW } from './ids.ts'
import type { Reply } from './reply.ts'
import { countTokens } from './words.ts'
import type { Wire } from './wire.ts'

/** As the API sends it: `output_text` is the SDK's own addition, and its types lack some members. */
export type ResponseObject = Omit<Wire<SdkResponse>, 'output_text'> & {
  readonly billing: { readonly payer: 'developer' }
  readonly frequency_penalty: number
  readonly presence_penalty: number
  readonly store: boolean
}

export function responseOf({
  params,
  model,
  output,
  usage,
  seed,
}: {
  params: ResponseCreateParams
  model: string
  output: ResponseOutputItem[]
  usage: ResponseUsage
  seed: string
}): ResponseObject {
  return {
    id: `resp_${hex(`resp/${seed}`, 50)}`,
    object: 'response',
    created_at: NOW,
    status: 'completed',
    background: params.background ?? false,
    access_programs: null,
    billing: { payer: 'developer' },
    completed_at: NOW + 1,
    error: null,
    frequency_penalty: 0,
    incomplete_details: null,
    instructions: params.instructions ?? null,
    max_output_tokens: params.max_output_tokens ?? null,
    max_tool_calls: params.max_tool_calls ?? null,
    model,
    moderation: null,
    output,
    parallel_tool_calls: params.parallel_tool_calls ?? true,
    presence_penalty: 0,
    previous_response_id: params.previous_response_id ?? null,
    prompt_cache_key: params.prompt_cache_key ?? null,
    prompt_cache_retention: 'in_memory',
    reasoning: {
      context: null,
      effort: params.reasoning?.effort ?? (model.startsWith('gpt-5-') ? 'medium' : null),
      summary: params.reasoning?.summary ?? null,
    },
    safety_identifier: null,
    service_tier: 'default',
    store: params.store ?? true,
    temperature: params.temperature ?? 1,
    text: { format: params.text?.format ?? { type: 'text' }, verbosity: 'medium' },
    tool_choice: params.tool_choice ?? 'auto',
    tool_usage: NO_TOOL_USAGE,
    tools: params.tools ?? [],
    top_logprobs: 0,
    top_p: params.top_p ?? 1,
    truncation: 'disabled',
    usage,
    user: null,
    metadata: params.metadata ?? {},
  }
}

const NO_TOOL_USAGE: SdkResponse.ToolUsage = {
  image_gen: {
    input_tokens: 0,
    input_tokens_details: { image_tokens: 0, text_tokens: 0 },
    output_tokens: 0,
    output_tokens_details: { image_tokens: 0, text_tokens: 0 },
    total_tokens: 0,
  },
  web_search: { num_requests: 0 },
}

/** The same before it is done. */
export function unfinished(response: ResponseObject, status: 'queued' | 'in_progress'): ResponseObject {
  return { ...response, status, completed_at: null, output: [], usage: null }
}

/** What a model that reasons thought, as it tells it. Newer models reason only when an effort is asked for. */
export function thoughtOf(
  { reasoning, include }: ResponseCreateParams,
  model: string,
  seed: string,
): ResponseReasoningItem | undefined {
  const effort = reasoning?.effort ?? (model.startsWith('gpt-5-') ? 'medium' : 'none')
  if (effort === 'none') return undefined
  const summary =
    (reasoning?.summary ?? null) === null ? [] : [{ type: 'summary_text' as const, text: SUMMARY }]
  const isEncrypted = include?.includes('reasoning.encrypted_content') === true
  return {
    id: `rs_${hex(`rs/${seed}`, 50)}`,
    type: 'reasoning',
    content: [],
    summary,
    ...(isEncrypted ? { encrypted_content: sealed(seed) } : {}),
  }
}

const SUMMARY =
  '**Working out the answer**\n\nFirst I go through what is given, then I do the sums, and then I check them.'

/** What a server alone can read looks so: a token of the kind Fernet, in base64 for URLs. */
function sealed(seed: string): string {
  const head = Buffer.from('80000000006afca3e0', 'hex')
  return Buffer.concat([head, bytesOf(`sealed/${seed}`, 400)])
    .toString('base64url')
    .padEnd(548, '=')
}

/** Items of an answer that is complete. A model that reasons says so first. */
export function outputOf(
  reply: Reply,
  seed: string,
  thought: ResponseReasoningItem | undefined,
): ResponseOutputItem[] {
  const before = thought === undefined ? [] : [thought]
  if (reply.kind === 'calls') {
    const calls = reply.calls.map(({ id, ...call }): ResponseOutputItem => ({
      id: `fc_${hex(`fc/${id}`, 50)}`,
      type: 'function_call',
      status: 'completed',
      arguments: call.arguments,
      call_id: id,
      name: call.name,
    }))
    return [...before, ...calls]
  }
  return [
    ...before,
    {
      id: `msg_${hex(`msg/${seed}`, 50)}`,
      type: 'message',
      status: 'completed',
      content: [{ type: 'output_text', annotations: [], logprobs: [], text: reply.text }],
      role: 'assistant',
    },
  ]
}

export function usageOf(asked: readonly string[], reply: Reply, reasons: boolean): ResponseUsage {
  const input = asked.reduce((sum, text) => sum + 4 + countTokens(text), 3)
  const reasoning = reasons ? 64 : 0
  const said = reply.kind === 'text' ? reply.text : reply.calls.map((call) => call.arguments).join(' ')
  const output = reasoning + countTokens(said)
  return {
    input_tokens: input,
    input_tokens_details: { cache_write_tokens: 0, cached_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  }
}
