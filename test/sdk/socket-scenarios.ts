import { once } from 'node:events'
import type OpenAI from 'openai'
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket'
import { OpenAIRealtimeWS } from 'openai/realtime/ws'
import type { RealtimeClientEvent, RealtimeServerEvent } from 'openai/resources/realtime/realtime'
import type { ResponsesServerEvent } from 'openai/resources/responses/responses'
import { ResponsesWS } from 'openai/resources/responses/ws'

/** Something that a program does over a WebSocket of the official client; gives all that it was told. */
export type SocketScenario = (client: OpenAI, ca?: string) => Promise<readonly unknown[]>

/** Over the package `ws`: a text, and a function that is called. */
export const realtimeOverWs: SocketScenario = async (client, ca) => {
  const realtime = new OpenAIRealtimeWS(
    { model: 'gpt-realtime', options: ca === undefined ? {} : { ca } },
    client,
  )
  await once(realtime.socket, 'open')
  const told = await converse(realtime)
  realtime.close({ code: 1000, reason: 'that is all' })
  await once(realtime.socket, 'close')
  return told
}

/** The same over the global WebSocket. */
export const realtimeOverWebSocket: SocketScenario = async (client) => {
  const realtime = new OpenAIRealtimeWebSocket({ model: 'gpt-realtime' }, client)
  const happens = (event: 'open' | 'close'): Promise<unknown> =>
    new Promise((resolve) => realtime.socket.addEventListener(event, resolve, { once: true }))
  await happens('open')
  const told = await converse(realtime)
  const closed = happens('close')
  realtime.close({ code: 1000, reason: 'that is all' })
  await closed
  return told
}

export const responsesOverWs: SocketScenario = async (client) => {
  const socket = new ResponsesWS(client)
  const told: ResponsesServerEvent[] = []
  const done = new Promise<void>((resolve, reject) => {
    socket.on('event', (event) => {
      told.push(event)
      if (event.type === 'response.completed') {
        if (told.filter(({ type }) => type === 'response.completed').length === 2) return resolve()
        create('And then?', event.response.id)
      }
    })
    socket.on('error', reject)
  })
  const create = (input: string, previous?: string): void =>
    socket.send({
      type: 'response.create',
      model: 'gpt-4o-mini',
      input,
      ...(previous === undefined ? {} : { previous_response_id: previous }),
    })
  create('What is rain?')
  await done
  socket.close({ code: 1000, reason: 'that is all' })
  await new Promise((resolve) => socket.on('close', resolve))
  return told
}

interface Realtime {
  on(event: 'event', listener: (event: RealtimeServerEvent) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  send(event: RealtimeClientEvent): void
}

/** Asks, does what the model wants of its function, and listens to the answer, which is spoken. */
function converse(realtime: Realtime): Promise<readonly RealtimeServerEvent[]> {
  const told: RealtimeServerEvent[] = []
  return new Promise((resolve, reject) => {
    realtime.on('error', reject)
    realtime.on('event', (event) => {
      told.push(event)
      if (event.type === 'session.created') configure(realtime)
      if (event.type === 'session.updated') ask(realtime)
      if (event.type !== 'response.done') return
      const [item] = event.response.output ?? []
      if (item?.type !== 'function_call') return resolve(told)
      const output = {
        type: 'function_call_output' as const,
        call_id: item.call_id ?? '',
        output: 'rain, 12 °C',
      }
      realtime.send({ type: 'conversation.item.create', item: output })
      realtime.send({ type: 'response.create', event_id: crypto.randomUUID() })
    })
  })
}

function configure(realtime: Realtime): void {
  const parameters = { type: 'object', properties: { city: { type: 'string' } } }
  const tools = [{ type: 'function' as const, name: 'get_weather', parameters }]
  realtime.send({ type: 'session.update', session: { type: 'realtime', tools } })
}

function ask(realtime: Realtime): void {
  const id = `item_${crypto.randomUUID().slice(0, 8)}0`
  const content = [{ type: 'input_text' as const, text: 'What is the weather in Paris?' }]
  realtime.send({
    type: 'conversation.item.create',
    event_id: crypto.randomUUID(),
    item: { id, type: 'message', role: 'user', content },
  })
  realtime.send({ type: 'response.create' })
}
