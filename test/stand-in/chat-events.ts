import type { ChatCompletionChunk, ChatCompletionCreateParams } from 'openai/resources/chat/completions'
import { event } from './answer.ts'
import { endOf, type Spoken } from './chat.ts'
import { bytesOf, letters } from './ids.ts'
import type { Reply } from './reply.ts'
import { pieces } from './words.ts'

type Choice = ChatCompletionChunk.Choice
type Delta = Choice['delta']

/** A completion as it is streamed: `n` choices take turns. */
export function chatEvents(spoken: Spoken, params: ChatCompletionCreateParams, seed: string): string[] {
  const { replies, usage, ...head } = spoken
  const wantsUsage = params.stream_options?.include_usage === true
  const plain = params.stream_options?.include_obfuscation === false
  const chunk = (choices: Choice[], i: number, last = false): string =>
    event({
      id: head.id,
      object: 'chat.completion.chunk',
      created: head.created,
      model: head.model,
      service_tier: head.service_tier,
      system_fingerprint: head.system_fingerprint,
      choices,
      ...(wantsUsage ? { usage: last ? usage : null } : {}),
      ...(plain ? {} : { obfuscation: padding(`${seed}/${i}`) }),
    } satisfies ChatCompletionChunk)
  const choices = takeTurns(replies.map((reply, index) => choicesOf(reply, index)))
  const events = choices.map((choice, i) => chunk([choice], i))
  return [...events, ...(wantsUsage ? [chunk([], events.length, true)] : []), 'data: [DONE]\n\n']
}

function choicesOf(reply: Reply, index: number): Choice[] {
  const choice = (delta: Delta, finish: Choice['finish_reason'] = null): Choice => ({
    index,
    delta,
    logprobs: null,
    finish_reason: finish,
  })
  if (reply.kind === 'text') {
    const spelled = pieces(reply.text).map((content) => choice({ content }))
    return [choice({ role: 'assistant', content: '', refusal: null }), ...spelled, choice({}, endOf())]
  }
  const called = reply.calls.flatMap((call, i): Delta[] => [
    {
      tool_calls: [{ index: i, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }],
    },
    ...pieces(call.arguments).map((part): Delta => ({
      tool_calls: [{ index: i, function: { arguments: part } }],
    })),
  ])
  const [first, ...others] = called
  return [
    choice({ role: 'assistant', content: null, ...first, refusal: null }),
    ...others.map((delta) => choice(delta)),
    choice({}, 'tool_calls'),
  ]
}

function takeTurns<T>(rows: readonly (readonly T[])[]): T[] {
  const longest = Math.max(...rows.map((row) => row.length))
  return Array.from({ length: longest }, (_, i) => rows.flatMap((row) => row.slice(i, i + 1))).flat()
}

/** The API pads its events, so that their lengths do not tell what is in them. */
export function padding(seed: string): string {
  return letters(seed, bytesOf(seed, 1).readUInt8() % 16)
}
