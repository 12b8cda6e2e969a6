import type OpenAI from 'openai'
import type { AssistantTool } from 'openai/resources/beta/assistants'
import type { Run } from 'openai/resources/beta/threads/runs/runs'
import { expect } from 'vitest'
import { collect, type Scenario } from './scenario.ts'

const WEATHER: AssistantTool = {
  type: 'function',
  function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}

const QUESTION = { messages: [{ role: 'user' as const, content: 'What is the weather?' }] }

async function assistant(client: OpenAI, tools: AssistantTool[] = []): Promise<string> {
  return (await client.beta.assistants.create({ model: 'gpt-4o-mini', instructions: 'Be brief.', tools })).id
}

/** An answer for each call that the run waits for. */
function outputsOf({ required_action: wanted }: Run): { tool_call_id: string; output: string }[] {
  return (wanted?.submit_tool_outputs.tool_calls ?? []).map(({ id }, i) => ({
    tool_call_id: id,
    output: `rain ${i}`,
  }))
}

/** The messages of a thread whose last one has this text. */
function saying(text: string): unknown {
  return [
    { role: 'assistant', content: [{ text: { value: expect.stringContaining(text) } }] },
    { role: 'user' },
  ]
}

export const runScenarios: readonly Scenario[] = [
  {
    name: 'a run that is polled to where it wants its tools, and then to its end',
    async run(client) {
      const thread = await client.beta.threads.create(QUESTION)
      const asked = { assistant_id: await assistant(client, [WEATHER]) }
      const run = await client.beta.threads.runs.createAndPoll(thread.id, asked)
      const done = await client.beta.threads.runs.submitToolOutputsAndPoll(run.id, {
        thread_id: thread.id,
        tool_outputs: outputsOf(run),
      })
      return { run, done, said: await collect(client.beta.threads.messages.list(thread.id)) }
    },
    expected: {
      run: {
        status: 'requires_action',
        required_action: {
          submit_tool_outputs: { tool_calls: [{ type: 'function', function: { name: 'get_weather' } }] },
        },
      },
      done: { status: 'completed', usage: { total_tokens: expect.any(Number) } },
      said: saying('rain 0'),
    },
  },
  {
    name: 'a thread and its run in one, polled',
    async run(client) {
      const asked = { assistant_id: await assistant(client), thread: QUESTION }
      const run = await client.beta.threads.createAndRunPoll(asked)
      return { run, said: await collect(client.beta.threads.messages.list(run.thread_id)) }
    },
    expected: { run: { status: 'completed' }, said: saying('What is the weather?') },
  },
  {
    name: 'a run that streams, its tools too',
    async run(client) {
      const thread = await client.beta.threads.create()
      await client.beta.threads.messages.create(thread.id, QUESTION.messages[0]!)
      const asked = { assistant_id: await assistant(client, [WEATHER]) }
      const told: unknown[] = []
      const first = client.beta.threads.runs.stream(thread.id, asked)
      first.on('toolCallDelta', (delta) => told.push(delta))
      const run = await first.finalRun()
      const second = client.beta.threads.runs.submitToolOutputsStream(run.id, {
        thread_id: thread.id,
        tool_outputs: outputsOf(run),
      })
      second.on('textDelta', ({ value }) => told.push(value))
      second.on('textDone', ({ value }) => told.push(value))
      const events = await collect(second)
      return {
        told,
        run,
        events,
        done: await second.finalRun(),
        steps: await second.finalRunSteps(),
        messages: await second.finalMessages(),
      }
    },
    expected: {
      told: expect.arrayContaining([
        expect.objectContaining({ type: 'function' }),
        expect.stringContaining('rain 0'),
      ]),
      run: { status: 'requires_action' },
      events: expect.arrayContaining([expect.objectContaining({ event: 'thread.message.delta' })]),
      done: { status: 'completed' },
      steps: [{ type: 'message_creation', status: 'completed' }],
      messages: [{ role: 'assistant', status: 'completed' }],
    },
  },
  {
    name: 'a thread and its run in one, streamed',
    async run(client) {
      const asked = { assistant_id: await assistant(client), thread: QUESTION }
      const stream = client.beta.threads.createAndRunStream(asked)
      const events = await collect(stream)
      return { events, messages: await stream.finalMessages() }
    },
    expected: { events: expect.any(Array), messages: [{ role: 'assistant', run_id: expect.any(String) }] },
  },
]
