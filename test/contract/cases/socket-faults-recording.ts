import { expect, test } from 'vitest'
import { socketUpstream } from '../../support/socket-upstream.ts'
import { tempDir } from '../../support/temp.ts'
import { type Adapter, HOST, type Subject } from '../adapter.ts'
import { CANNOT } from '../limits.ts'
import { clients, converse, told, WHOLE } from '../socket-clients.ts'
import { file, opening } from '../talking.ts'

const REALTIME = '/v1/realtime?model=m'

/** What is kept of conversations that a fault spoils. */
export function socketFaultRecordingCases(adapter: Adapter): void {
  for (const { ability, name, open } of clients) {
    if (CANNOT[adapter.name][ability] !== undefined) continue
    const { replay, record } = opening(adapter)
    const say = (url: string): Promise<string[]> => converse(open(url))
    const at = ({ base }: Subject): string => String(base).replace(/^http/, 'ws') + REALTIME
    const broken = [...(ability === 'web-socket' ? ['error'] : []), 'close 1006 ']
    const refused = ['error', 'close 1006 ']
    const websocket = true

    test(`${adapter.name}, ${name}: while recording, a conversation that is cut off is not recorded, and a corrupted one is recorded uncorrupted`, async () => {
      const upstream = await socketUpstream((client) => {
        client.send('{"n":1}')
        client.on('message', () => ['{"n":2}', '{"n":3}'].forEach((each) => client.send(each)))
      })
      const dir = await tempDir()
      const subject = await record(dir, upstream.url, {
        faults: [
          { when: { websocket }, nth: 1, corrupt: { event: 2 } },
          { when: { websocket }, nth: 2, cut: { after: 2 } },
          { nth: 3, close: { code: 1011, after: 1 } },
          { when: { websocket }, nth: 4, error: 'server_error' },
          { nth: 5, close: { code: 1011 } },
        ],
      })
      const url = subject.base === HOST ? upstream.url.replace(/^http/, 'ws') + REALTIME : at(subject)
      expect(await say(url)).toEqual(WHOLE.with(2, '{"n'))
      expect(await say(url)).toEqual(['open', '{"n":1}', '{"n":2}', ...broken])
      expect(await say(url)).toEqual(['open', '{"n":1}', 'close 1011 '])
      expect(await say(url)).toEqual(refused)
      expect(await say(url)).toEqual(['open', 'close 1011 '])
      expect(told(await subject.close())).toEqual([
        'recorded 101 fault 1: frame 2 corrupted',
        'dropped 101 fault 2: the connection cut after frame 2; the client left before the response ended',
        'dropped 101 fault 3: the WebSocket closed with 1011 after frame 1; the client left before the response ended',
        'faulted 500 fault 4: the error server_error',
        'faulted fault 5: the WebSocket closed with 1011',
      ])
      const text = await file(dir)
      expect(text.match(/[<>] \d+ .*/g)?.map((line) => line.replace(/ \d+/, ''))).toEqual([
        '< {"n":1}',
        '> {"go":"on"}',
        '< {"n":2}',
        '< {"n":3}',
        '> close 1000 "enough"',
      ])
      expect(upstream.asked).toHaveLength(3)
    })

    test(`${adapter.name}, ${name}: with keepTruncated, a conversation that a fault cut off is recorded, and is cut off again`, async () => {
      const upstream = await socketUpstream((client) => client.send('{"n":1}'))
      const dir = await tempDir()
      const faults = [{ close: { code: 1011, after: 1 } }]
      const subject = await record(dir, upstream.url, { faults, keepTruncated: true })
      const url = subject.base === HOST ? upstream.url.replace(/^http/, 'ws') + REALTIME : at(subject)
      expect(await say(url)).toEqual(['open', '{"n":1}', 'close 1011 '])
      expect(told(await subject.close())).toEqual([
        'recorded 101 fault 1: the WebSocket closed with 1011 after frame 1',
      ])
      const replaying = await replay(dir)
      expect(await say(replaying.base === HOST ? url : at(replaying))).toEqual(['open', '{"n":1}', ...broken])
    })
  }
}
