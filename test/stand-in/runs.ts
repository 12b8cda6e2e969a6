import type {
  Run,
  RunCreateParams,
  RunSubmitToolOutputsParams,
} from 'openai/resources/beta/threads/runs/runs'
import type { ThreadCreateAndRunParams } from 'openai/resources/beta/threads/threads'
import { type Answer, lines, polled } from './answer.ts'
import { type Asked, jsonOf } from './asked.ts'
import { notFound } from './errors.ts'
import { letters, NOW } from './ids.ts'
import { type Reply, replyTo } from './reply.ts'
import { runEvents } from './run-events.ts'
import type { Schema } from './sample.ts'
import { begin, messageOf, messagesOf } from './threads.ts'
import { countTokens } from './words.ts'
import type { Wire } from './wire.ts'
import { poll, type World } from './world.ts'

/** A run as it was begun, and what tools have answered since. */
export interface HeldRun {
  readonly run: Wire<Run>
  readonly outputs: readonly string[]
}

export function createRun(thread: string, asked: Asked, world: World): Answer {
  return start(thread, jsonOf<RunCreateParams>(asked), asked, world)
}

export function createThreadAndRun(asked: Asked, world: World): Answer {
  const params = jsonOf<ThreadCreateAndRunParams>(asked)
  return start(begin(params.thread ?? {}, asked.seed, world).id, params, asked, world)
}

/** Queued when it is made, in progress when first asked after, and as far as it comes from then on. */
export function retrieveRun(id: string, world: World): Answer {
  const held = find(id, world)
  const times = poll(world, `${id}/${held.outputs.length}`)
  return polled(times === 0 ? { ...held.run, status: 'in_progress' } : settle(held, world))
}

export function submitToolOutputs(id: string, asked: Asked, world: World): Answer {
  const params = jsonOf<RunSubmitToolOutputsParams>(asked)
  const { run } = find(id, world)
  const held = { run, outputs: params.tool_outputs.map(({ output }) => output ?? '') }
  world.runs.set(id, held)
  if (params.stream === true) return streamed(held, world)
  return lines(run)
}

function start(thread: string, params: Started, asked: Asked, world: World): Answer {
  const assistant = world.assistants.get(params.assistant_id)
  if (assistant === undefined) throw notFound(`No assistant found with id '${params.assistant_id}'.`, null)
  messagesOf(thread, world)
  const run: Wire<Run> = {
    id: `run_${letters(asked.seed, 24)}`,
    object: 'thread.run',
    created_at: NOW,
    assistant_id: assistant.id,
    thread_id: thread,
    status: 'queued',
    started_at: null,
    expires_at: NOW + 600,
    cancelled_at: null,
    failed_at: null,
    completed_at: null,
    required_action: null,
    last_error: null,
    model: assistant.model,
    instructions: assistant.instructions ?? '',
    tools: assistant.tools,
    metadata: {},
    temperature: 1,
    top_p: 1,
    max_completion_tokens: null,
    max_prompt_tokens: null,
    truncation_strategy: { type: 'auto', last_messages: null },
    incomplete_details: null,
    usage: null,
    response_format: 'auto',
    tool_choice: 'auto',
    parallel_tool_calls: true,
  }
  const held = { run, outputs: [] }
  world.runs.set(run.id, held)
  return params.stream === true ? streamed(held, world) : lines(run)
}

type Started = Pick<RunCreateParams | ThreadCreateAndRunParams, 'assistant_id' | 'stream'>

function streamed(held: HeldRun, world: World): Answer {
  const reply = replyOf(held, world)
  return { kind: 'events', events: runEvents(held, settle(held, world), reply) }
}

/** What becomes of a run: it wants tools called, or has said something, in the thread. */
function settle(held: HeldRun, world: World): Wire<Run> {
  const { run } = held
  const reply = replyOf(held, world)
  if (reply.kind === 'calls') {
    const calls = reply.calls.map(({ id, ...called }) => ({
      id,
      type: 'function' as const,
      function: called,
    }))
    return {
      ...run,
      status: 'requires_action',
      started_at: NOW,
      required_action: { type: 'submit_tool_outputs', submit_tool_outputs: { tool_calls: calls } },
    }
  }
  const messages = messagesOf(run.thread_id, world)
  if (!messages.some(({ run_id }) => run_id === run.id)) messages.push(saidBy(held, reply.text))
  const usage = { prompt_tokens: 20, completion_tokens: countTokens(reply.text) }
  return {
    ...run,
    status: 'completed',
    started_at: NOW,
    completed_at: NOW,
    expires_at: null,
    usage: { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens },
  }
}

export function saidBy({ run }: HeldRun, text: string) {
  const message = messageOf(run.thread_id, run.id, 'assistant', text)
  return { ...message, assistant_id: run.assistant_id, run_id: run.id }
}

function replyOf({ run, outputs }: HeldRun, world: World): Reply {
  const part = messagesOf(run.thread_id, world).findLast(({ role }) => role === 'user')?.content[0]
  const tools = run.tools.flatMap((tool) =>
    tool.type === 'function'
      ? [{ name: tool.function.name, parameters: (tool.function.parameters ?? {}) as Schema }]
      : [],
  )
  return replyTo({
    seed: run.id,
    prompt: part?.type === 'text' ? part.text.value : '',
    tools,
    parallel: true,
    mayCall: true,
    results: outputs,
    called: tools.slice(0, outputs.length).map(({ name }) => name),
    schema: undefined,
  })
}

function find(id: string, world: World): HeldRun {
  const found = world.runs.get(id)
  if (found !== undefined) return found
  throw notFound(`No run found with id '${id}'.`, null)
}
