/** Holds a text conversation over a WebSocket. Each step waits for the API's reply to the previous one. */
import { once } from 'node:events'
import type OpenAI from 'openai'
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket'

export async function realtime(client: OpenAI) {
  const connection = new OpenAIRealtimeWebSocket({ model: 'gpt-realtime-2.1-mini' }, client)
  const told: string[] = []
  const pieces: string[] = []

  const done = new Promise<number | undefined>((resolve, reject) => {
    connection.on('error', reject)
    connection.on('event', ({ type }) => told.push(type))
    connection.on('session.created', () => {
      const instructions = 'Answer in one short sentence.'
      connection.send({
        type: 'session.update',
        session: { type: 'realtime', output_modalities: ['text'], instructions },
      })
    })
    connection.on('session.updated', () => {
      const content = [{ type: 'input_text' as const, text: 'What is a lighthouse for?' }]
      connection.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } })
    })
    connection.on('conversation.item.done', ({ item }) => {
      if (item.type === 'message' && item.role === 'user') connection.send({ type: 'response.create' })
    })
    connection.on('response.output_text.delta', ({ delta }) => void pieces.push(delta))
    connection.on('response.done', ({ response }) => resolve(response.usage?.total_tokens))
  })
  try {
    const tokens = await done
    return { told: [...new Set(told)], answer: pieces.join(''), tokens }
  } finally {
    const closed = once(connection.socket, 'close')
    connection.close()
    await closed
  }
}
