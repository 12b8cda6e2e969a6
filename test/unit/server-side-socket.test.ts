import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ServerSideSocket } from '../../src/adapters/intercept/server-side-socket.ts'

test('what a server says before it breaks off is heard before that, and nothing of it in the same turn', async () => {
  const done: string[] = []
  const socket = Object.assign(new EventEmitter(), {
    destroyed: false,
    write: (bytes: Buffer) => void done.push(bytes.toString()),
    destroy: () => void done.push('broken off'),
  })
  const end = new ServerSideSocket(socket as unknown as Socket)
  end.write('head')
  end.destroy()
  await Promise.resolve()
  expect(done).toEqual([])
  await turn()
  expect(done).toEqual(['head', 'broken off'])
})
