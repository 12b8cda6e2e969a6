import type { Assistant, AssistantCreateParams } from 'openai/resources/beta/assistants'
import type { Message, MessageCreateParams } from 'openai/resources/beta/threads/messages'
import type { Thread, ThreadCreateParams } from 'openai/resources/beta/threads/threads'
import { type Answer, lines } from './answer.ts'
import { type Asked, jsonOf } from './asked.ts'
import { notFound } from './errors.ts'
import { letters, NOW } from './ids.ts'
import { page } from './lists.ts'
import { resolveModel } from './models.ts'
import type { Wire } from './wire.ts'
import type { World } from './world.ts'

export function createAssistant(asked: Asked, world: World): Answer {
  const params = jsonOf<AssistantCreateParams>(asked)
  const assistant: Wire<Assistant> = {
    id: `asst_${letters(asked.seed, 24)}`,
    object: 'assistant',
    created_at: NOW,
    name: params.name ?? null,
    description: params.description ?? null,
    model: resolveModel(params.model),
    instructions: params.instructions ?? null,
    tools: params.tools ?? [],
    top_p: 1,
    temperature: 1,
    tool_resources: {},
    metadata: {},
    response_format: 'auto',
  }
  world.assistants.set(assistant.id, assistant)
  return lines(assistant)
}

export function createThread(asked: Asked, world: World): Answer {
  return lines(begin(jsonOf<ThreadCreateParams>(asked), asked.seed, world))
}

/** The newest message is the first of the list. */
export function listMessages(id: string, asked: Asked, world: World): Answer {
  return page(messagesOf(id, world).toReversed(), asked.query)
}

export function createMessage(id: string, asked: Asked, world: World): Answer {
  return lines(say(id, jsonOf<MessageCreateParams>(asked), asked.seed, world))
}

export function begin(params: ThreadCreateParams, seed: string, world: World): Wire<Thread> {
  const id = `thread_${letters(seed, 24)}`
  const thread: Wire<Thread> = {
    id,
    object: 'thread',
    created_at: NOW,
    metadata: params.metadata ?? {},
    tool_resources: {},
  }
  world.threads.set(id, [])
  for (const [i, message] of (params.messages ?? []).entries()) say(id, message, `${seed}/${i}`, world)
  return thread
}

function say(
  id: string,
  { role, content }: MessageCreateParams | ThreadCreateParams.Message,
  seed: string,
  world: World,
): Message {
  const text = typeof content === 'string' ? content : content.map((part) => part.type).join(' ')
  const message = messageOf(id, seed, role, text)
  messagesOf(id, world).push(message)
  return message
}

export function messageOf(thread: string, seed: string, role: Message['role'], text: string): Message {
  return {
    id: `msg_${letters(`message/${seed}`, 24)}`,
    object: 'thread.message',
    created_at: NOW,
    assistant_id: null,
    thread_id: thread,
    run_id: null,
    role,
    content: [{ type: 'text', text: { value: text, annotations: [] } }],
    attachments: [],
    metadata: {},
    status: 'completed',
    completed_at: null,
    incomplete_at: null,
    incomplete_details: null,
  }
}

export function messagesOf(id: string, world: World): Message[] {
  const found = world.threads.get(id)
  if (found !== undefined) return found
  throw notFound(`No thread found with id '${id}'.`, null)
}
