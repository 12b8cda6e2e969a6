import type { WebSocket } from 'ws'
import { bytesOf, hex } from './ids.ts'
import { tellResults } from './results.ts'
import { switches } from './switches.ts'
import { countTokens, inOtherWords, pieces, speak } from './words.ts'
import { poll, type World } from './world.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * A session of the Realtime API: text, audio and calls of a function. Its ids are new with
 * every session of a stand-in, as those of the API are.
 */
export function realtimeSession(socket: WebSocket, model: string, world: World): void {
  const items: Fields[] = []
  const mint = minting(`${model}/${poll(world, 'realtime sessions')}`)
  let session: Fields = {
    type: 'realtime',
    object: 'realtime.session',
    id: mint('sess'),
    model,
    output_modalities: ['audio'],
    tools: [],
  }
  const tell = (type: string, fields: Fields): void =>
    socket.send(JSON.stringify({ type, event_id: mint('event'), ...fields }))
  const add = (given: Fields): Fields => {
    const item = { id: mint('item'), object: 'realtime.item', status: 'completed', ...given }
    items.push(item)
    tell('conversation.item.added', { previous_item_id: items.at(-2)?.['id'] ?? null, item })
    tell('conversation.item.done', { previous_item_id: items.at(-2)?.['id'] ?? null, item })
    return item
  }
  tell('session.created', { session })
  socket.on('message', (data: Buffer) => {
    const event = JSON.parse(data.toString()) as Fields
    switch (event['type']) {
      case 'session.update':
        session = { ...session, ...(event['session'] as Fields) }
        return tell('session.updated', { session })
      case 'conversation.item.create':
        return void add(event['item'] as Fields)
      case 'input_audio_buffer.append':
        return
      case 'input_audio_buffer.commit': {
        const audio = { type: 'message', role: 'user', content: [{ type: 'input_audio', transcript: null }] }
        return tell('input_audio_buffer.committed', { previous_item_id: null, item_id: add(audio)['id'] })
      }
      case 'response.create':
        return respond(session, items, { mint, add, tell })
      default:
        return tell('error', {
          error: {
            type: 'invalid_request_error',
            code: 'invalid_value',
            message: `Invalid value: '${String(event['type'])}'.`,
            param: 'type',
            event_id: event['event_id'] ?? null,
          },
        })
    }
  })
}

interface Talk {
  readonly mint: (kind: string) => string
  readonly add: (item: Fields) => Fields
  readonly tell: (type: string, fields: Fields) => void
}

function respond(session: Fields, items: readonly Fields[], talk: Talk): void {
  const { mint, tell } = talk
  const id = mint('resp')
  const [tool] = switches().tools === 'none' ? [] : (session['tools'] as readonly Fields[])
  const isAnswered = items.at(-1)?.['type'] === CALL_OUTPUT
  const base = { object: 'realtime.response', id, conversation_id: 'conv_1', output: [], usage: null }
  tell('response.created', { response: { ...base, status: 'in_progress' } })
  const item =
    tool !== undefined && !isAnswered ? callFunction(id, tool, talk) : speakUp(id, session, items, talk)
  const usage = usageOf(JSON.stringify(items), JSON.stringify(item))
  tell('response.done', { response: { ...base, status: 'completed', output: [item], usage } })
}

function callFunction(response: string, tool: Fields, { mint, add, tell }: Talk): Fields {
  const call = {
    type: 'function_call',
    name: tool['name'],
    call_id: mint('call'),
    arguments: '{"city":"Paris"}',
  }
  const item = add(call)
  for (const delta of pieces(call.arguments))
    tell('response.function_call_arguments.delta', { response_id: response, item_id: item['id'], delta })
  const { type: _, ...called } = call
  tell('response.function_call_arguments.done', { response_id: response, item_id: item['id'], ...called })
  return item
}

function speakUp(response: string, session: Fields, items: readonly Fields[], { add, tell }: Talk): Fields {
  const prompt = textOf(items.findLast((item) => item['role'] === 'user'))
  const text = answerTo(prompt, items)
  const inText = (session['output_modalities'] as readonly string[]).includes('text')
  const part = inText ? { type: 'output_text', text } : { type: 'output_audio', transcript: text }
  const item = add({ type: 'message', role: 'assistant', content: [part] })
  const place = { response_id: response, item_id: item['id'], output_index: 0, content_index: 0 }
  const name = inText ? 'output_text' : 'output_audio_transcript'
  for (const delta of pieces(text)) tell(`response.${name}.delta`, { ...place, delta })
  tell(`response.${name}.done`, { ...place, [inText ? 'text' : 'transcript']: text })
  if (inText) return item
  for (let i = 0; i < 3; i++) {
    const delta = bytesOf(`${prompt}/${i}`, 4800).toString('base64')
    tell('response.output_audio.delta', { ...place, delta })
  }
  tell('response.output_audio.done', place)
  return item
}

const CALL_OUTPUT = 'function_call_output'

function answerTo(prompt: string, items: readonly Fields[]): string {
  const last = items.at(-1)
  if (last?.['type'] !== CALL_OUTPUT) return speak(prompt, prompt)
  const call = items.find((item) => item['type'] === 'function_call' && item['call_id'] === last['call_id'])
  return inOtherWords(tellResults(prompt, [String(call?.['name'])], [String(last['output'])]))
}

function textOf(item: Fields | undefined): string {
  const content = (item?.['content'] ?? []) as readonly Fields[]
  return content.map(({ text, type }) => text ?? `(${String(type)})`).join(' ')
}

function usageOf(input: string, output: string): Fields {
  const [asked, answered] = [countTokens(input), countTokens(output)]
  return {
    total_tokens: asked + answered,
    input_tokens: asked,
    output_tokens: answered,
    input_token_details: { text_tokens: asked, audio_tokens: 0, image_tokens: 0, cached_tokens: 0 },
    output_token_details: { text_tokens: answered, audio_tokens: 0 },
  }
}

/** Ids that look random; the digit at their end tells them from words. */
function minting(seed: string): (kind: string) => string {
  let minted = 0
  return (kind) => `${kind}_${hex(`${seed}/${kind}/${minted++}`, 20)}1`
}
