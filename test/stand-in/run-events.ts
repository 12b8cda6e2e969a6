import type { Run } from 'openai/resources/beta/threads/runs/runs'
import { event } from './answer.ts'
import { letters, NOW } from './ids.ts'
import type { Call, Reply } from './reply.ts'
import { type HeldRun, saidBy } from './runs.ts'
import type { Wire } from './wire.ts'
import { pieces } from './words.ts'

/** A run as it is streamed: to where it wants tools called, or to its end. */
export function runEvents(held: HeldRun, settled: Wire<Run>, reply: Reply): string[] {
  const { run, outputs } = held
  const isBegun = outputs.length > 0
  return [
    ...(isBegun ? [] : [event(run, 'thread.run.created')]),
    event(run, 'thread.run.queued'),
    event({ ...run, status: 'in_progress', started_at: NOW }, 'thread.run.in_progress'),
    ...(reply.kind === 'calls' ? callEvents(held, reply.calls) : messageEvents(held, reply.text)),
    event(settled, `thread.run.${settled.status}`),
    'event: done\ndata: [DONE]\n\n',
  ]
}

function callEvents(held: HeldRun, calls: readonly Call[]): string[] {
  const step = stepOf(held, 'tool_calls', { type: 'tool_calls', tool_calls: [] })
  const delta = (called: object): string =>
    event(
      {
        id: step.id,
        object: 'thread.run.step.delta',
        delta: { step_details: { type: 'tool_calls', tool_calls: [called] } },
      },
      'thread.run.step.delta',
    )
  const called = calls.flatMap(({ id, name, ...rest }, index) => [
    delta({ index, id, type: 'function', function: { name, arguments: '', output: null } }),
    ...pieces(rest.arguments).map((part) =>
      delta({ index, type: 'function', function: { arguments: part } }),
    ),
  ])
  return [event(step, 'thread.run.step.created'), event(step, 'thread.run.step.in_progress'), ...called]
}

function messageEvents(held: HeldRun, text: string): string[] {
  const message = saidBy(held, text)
  const begun = { ...message, status: 'in_progress', content: [] }
  const step = stepOf(held, 'message_creation', {
    type: 'message_creation',
    message_creation: { message_id: message.id },
  })
  const spelled = pieces(text).map((value, i) => {
    const part = { index: 0, type: 'text', text: i === 0 ? { value, annotations: [] } : { value } }
    return event(
      { id: message.id, object: 'thread.message.delta', delta: { content: [part] } },
      'thread.message.delta',
    )
  })
  return [
    event(step, 'thread.run.step.created'),
    event(step, 'thread.run.step.in_progress'),
    event(begun, 'thread.message.created'),
    event(begun, 'thread.message.in_progress'),
    ...spelled,
    event(message, 'thread.message.completed'),
    event({ ...step, status: 'completed', completed_at: NOW }, 'thread.run.step.completed'),
  ]
}

function stepOf({ run }: HeldRun, type: 'tool_calls' | 'message_creation', details: object) {
  return {
    id: `step_${letters(`${type}/${run.id}`, 24)}`,
    object: 'thread.run.step',
    created_at: NOW,
    run_id: run.id,
    assistant_id: run.assistant_id,
    thread_id: run.thread_id,
    type,
    status: 'in_progress',
    cancelled_at: null,
    completed_at: null,
    expires_at: NOW + 600,
    failed_at: null,
    last_error: null,
    step_details: details,
    usage: null,
  }
}
