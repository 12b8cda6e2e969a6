/** A request and its answer as they are on the wire with OpenAI, without secrets: a replay gives all of it back. */
export interface Exchange {
  readonly path: string
  readonly requestHeaders: Readonly<Record<string, string>>
  /** Asked in turn. All of them get the same answer. */
  readonly requestBodies: readonly string[]
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** One piece, or one an event. */
  readonly pieces: readonly string[]
}

const EVENTS = 300

function clientHeaders(): Record<string, string> {
  return {
    accept: 'application/json',
    'content-type': 'application/json',
    'user-agent': 'OpenAI/JS 7.57.0',
    authorization: `Bearer sk-bench-${'4f9d2c7e'.repeat(5)}`,
    'x-stainless-retry-count': '0',
    'x-stainless-lang': 'js',
    'x-stainless-package-version': '7.57.0',
    'x-stainless-os': 'Linux',
    'x-stainless-arch': 'x64',
    'x-stainless-runtime': 'node',
    'x-stainless-runtime-version': 'v24.21.0',
  }
}

function question(asStream: boolean, number = 0): string {
  return JSON.stringify({
    model: 'gpt-4o-mini',
    messages: [
      {
        role: 'system',
        content: 'You are a helpful assistant that answers questions about the weather. Be brief.',
      },
      {
        role: 'user',
        content: `What will the weather be like in Paris in ${number} days, and do I need an umbrella?`,
      },
    ],
    temperature: 0.2,
    tools: [
      {
        type: 'function',
        function: {
          name: 'get_weather',
          parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        },
      },
    ],
    ...(asStream ? { stream: true, stream_options: { include_usage: true } } : {}),
  })
}

function answerHeaders(type: string): [string, string][] {
  return [
    ['content-type', type],
    ['access-control-expose-headers', 'X-Request-ID'],
    ['openai-organization', 'org-redacted'],
    ['openai-processing-ms', '812'],
    ['openai-project', 'proj_redacted'],
    ['openai-version', '2020-10-01'],
    ['x-envoy-upstream-service-time', '834'],
    ['x-ratelimit-limit-requests', '30000'],
    ['x-ratelimit-limit-tokens', '150000000'],
    ['x-ratelimit-remaining-requests', '29999'],
    ['x-ratelimit-remaining-tokens', '149999958'],
    ['x-ratelimit-reset-requests', '2ms'],
    ['x-ratelimit-reset-tokens', '0s'],
    ['x-request-id', 'req_5f0c3e7a9b8d4c21a6e4f1d27b9c8e03'],
    ['x-openai-proxy-wasm', 'v0.1'],
    ['cf-cache-status', 'DYNAMIC'],
    ['strict-transport-security', 'max-age=31536000; includeSubDomains; preload'],
    ['x-content-type-options', 'nosniff'],
    ['server', 'cloudflare'],
    ['cf-ray', '95b9f5aaead53f1f-CDG'],
    ['alt-svc', 'h3=":443"; ma=86400'],
  ]
}

const USAGE = {
  prompt_tokens: 82,
  completion_tokens: 41,
  total_tokens: 123,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
}

function completion(): string {
  const content =
    'Tomorrow in Paris looks mild and mostly cloudy, with a high of 17 °C and light showers in the afternoon. Yes: take an umbrella.'
  const answer = {
    id: 'chatcmpl-BqXk2mP7sT9wYzA1',
    object: 'chat.completion',
    created: 1_751_919_759,
    model: 'gpt-4o-mini-2024-07-18',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: USAGE,
    service_tier: 'default',
    system_fingerprint: 'fp_34a54ae93c',
  }
  return `${JSON.stringify(answer, null, 2)}\n`
}

function chunk(choices: readonly object[], usage: object | null): string {
  return `data: ${JSON.stringify({
    id: 'chatcmpl-BqXk2mP7sT9wYzB2',
    object: 'chat.completion.chunk',
    created: 1_751_919_760,
    model: 'gpt-4o-mini-2024-07-18',
    service_tier: 'default',
    system_fingerprint: 'fp_34a54ae93c',
    choices,
    usage,
  })}\n\n`
}

function events(): string[] {
  const delta = (what: object, finish: string | null = null): string =>
    chunk([{ index: 0, delta: what, logprobs: null, finish_reason: finish }], null)
  const words = Array.from({ length: EVENTS - 4 }, (_, i) => delta({ content: ` word${i}` }))
  return [
    delta({ role: 'assistant', content: '' }),
    ...words,
    delta({}, 'stop'),
    chunk([], USAGE),
    'data: [DONE]\n\n',
  ]
}

export const chat: Exchange = {
  path: '/v1/chat/completions',
  requestHeaders: clientHeaders(),
  requestBodies: [question(false)],
  status: 200,
  headers: answerHeaders('application/json'),
  pieces: [completion()],
}

/** As many different questions as no server remembers. */
export const manyChats: Exchange = {
  ...chat,
  requestBodies: Array.from({ length: 2000 }, (_, i) => question(false, i)),
}

export const stream: Exchange = {
  path: '/v1/chat/completions',
  requestHeaders: clientHeaders(),
  requestBodies: [question(true)],
  status: 200,
  headers: answerHeaders('text/event-stream; charset=utf-8'),
  pieces: events(),
}
