import { randomUUID } from 'node:crypto'
import type { WebSocket } from 'ws'
import type { Asked } from './asked.ts'
import { ApiError } from './errors.ts'
import { createResponse } from './responses.ts'
import type { World } from './world.ts'

/** Responses over a WebSocket: `response.create` is answered by the events of a stream. Ids are new each time. */
export function responsesSocket(socket: WebSocket, _model: string, world: World): void {
  socket.on('message', (data: Buffer) => {
    const { type: _type, ...params } = JSON.parse(data.toString()) as Record<string, unknown>
    try {
      const answer = createResponse(askedOf({ ...params, stream: true }), world)
      if (answer.kind !== 'events') throw new Error('a stream was asked for')
      for (const event of answer.events) socket.send(/^data: (.*)$/m.exec(event)?.[1] ?? '')
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      socket.send(JSON.stringify({ type: 'error', status: error.status, ...error.body }))
    }
  })
}

function askedOf(params: object): Asked {
  const body = Buffer.from(JSON.stringify(params))
  const rest = { query: new URLSearchParams(), headers: {}, form: undefined, seed: randomUUID() }
  return { method: 'POST', path: '/v1/responses', body, ...rest }
}
