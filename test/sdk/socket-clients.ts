import type { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket'
import type { OpenAIRealtimeWS } from 'openai/realtime/ws'
import type { ResponsesWS } from 'openai/resources/responses/ws'

/** Asks once, and leaves at an error; gives what it was told. */
export function converse(
  realtime: OpenAIRealtimeWS | OpenAIRealtimeWebSocket,
  reconnects = false,
): Promise<string[]> {
  const told: string[] = []
  return new Promise((resolve) => {
    realtime.on('event', ({ type }) => {
      if (type === 'session.created')
        realtime.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } })
      if (type === 'session.updated') realtime.send({ type: 'response.create' })
      if (['session.created', 'session.updated', 'response.done'].includes(type)) told.push(type)
      if (type === 'response.done') realtime.close()
    })
    realtime.on('error', (failed) => {
      const cause = failed.cause instanceof SyntaxError ? `, by ${failed.cause.name}` : ''
      told.push(`${failed.constructor.name}: ${failed.message}${cause}`)
      if (realtime.socket.readyState === WebSocket.OPEN) realtime.close()
    })
    const end = (code: number): void => {
      told.push(`close ${code}`)
      resolve(told)
    }
    if (reconnects) {
      realtime.on('reconnecting', () => void told.push('reconnecting'))
      realtime.on('reconnected', () => void told.push('reconnected'))
      realtime.on('close', end)
      return
    }
    const { socket } = realtime
    if ('on' in socket) socket.on('close', end)
    else socket.addEventListener('close', ({ code }) => end(code))
  })
}

/** Asks once, and leaves at an error; gives what it was told first and last. */
export function respond(socket: ResponsesWS): Promise<string[]> {
  const told: string[] = []
  return new Promise((resolve) => {
    socket.on('event', ({ type }) => {
      if (/^response\.(?:created|completed)$/.test(type)) told.push(type)
      if (type === 'response.completed') socket.close()
    })
    socket.on('error', (failed) => {
      told.push(`${failed.constructor.name}: ${failed.message}`)
      socket.close()
    })
    socket.on('close', () => resolve(told))
    socket.send({ type: 'response.create', model: 'gpt-4o-mini', input: 'What is rain?' })
  })
}
