import { expect, test } from 'vitest'
import type { FaultRule } from '../../../src/index.ts'
import type { Adapter, Subject } from '../adapter.ts'
import { CANNOT } from '../limits.ts'
import { clients, converse, told, WHOLE } from '../socket-clients.ts'
import { opening } from '../talking.ts'
import { cassette } from '../written.ts'

const REALTIME = '/v1/realtime?model=m'
const RESPONSES = '/v1/responses'

/** The server says 1, and 2 and 3 once it was told to go on; then the client has enough. */
const conversation = (path: string): string => `  - request:
      method: GET
      path: ${path}
      headers: |
        upgrade: websocket
    response:
      status: 101
      body:
        frames: |
          < 0 {"n":1}
          > 0 {"go":"on"}
          < 0 {"n":2}
          < 0 {"n":3}
          > 0 close 1000 "enough"
`
const MINUTES = 600_000

export function socketFaultCases(adapter: Adapter): void {
  for (const { ability, name, open } of clients) {
    if (CANNOT[adapter.name][ability] !== undefined) continue
    const { replay } = opening(adapter)
    const say = (url: string, leaveAt?: string): Promise<string[]> => converse(open(url), leaveAt)
    const with_ = async (...faults: FaultRule[]): Promise<Subject> =>
      replay(await cassette(conversation(REALTIME), conversation(RESPONSES)), { faults })
    const at = ({ base }: Subject, path = REALTIME): string => String(base).replace(/^http/, 'ws') + path
    // The web's class tells of a broken connection by an error as well.
    const broken = [...(ability === 'web-socket' ? ['error'] : []), 'close 1006 ']
    const refused = ['error', 'close 1006 ']
    const websocket = true

    test(`${adapter.name}, ${name}: a handshake is refused with an error or an answer, and then answered`, async () => {
      const subject = await with_(
        { when: { websocket }, nth: 1, error: 'rate_limit_requests' },
        { when: { websocket, model: 'm' }, nth: 2, answer: { status: 418 } },
      )
      expect(await say(at(subject))).toEqual(refused)
      expect(await say(at(subject))).toEqual(refused)
      expect(await say(at(subject))).toEqual(WHOLE)
      expect(told(await subject.close())).toEqual([
        'faulted 429 fault 1: the error rate_limit_requests',
        'faulted 418 fault 2: a custom response with status 418',
        'hit 101',
      ])
    })

    test(`${adapter.name}, ${name}: a handshake is reset, or never answered`, async () => {
      const subject = await with_(
        { when: { websocket }, nth: 1, reset: true },
        { when: { websocket }, nth: 2, timeout: true },
      )
      expect(await say(at(subject))).toEqual(refused)
      const waiting = say(at(subject))
      expect(await say(at(subject))).toEqual(WHOLE)
      const journal = await subject.close()
      expect((await waiting).at(-1)).toBe('close 1006 ')
      expect(told(journal)).toEqual([
        'faulted fault 1: a connection reset',
        'faulted fault 2: no response',
        'hit 101',
      ])
    })

    test(`${adapter.name}, ${name}: a handshake that is late is answered, and uses up the conversation`, async () => {
      const subject = await with_({ when: { websocket }, delay: 5 })
      expect(await say(at(subject))).toEqual(WHOLE)
      expect(await say(at(subject))).toEqual(refused)
      expect(told(await subject.close())).toMatchObject([
        'faulted 101 fault 1: a delay of 5 ms',
        expect.stringMatching(/^exhausted 404/),
      ])
    })

    test(`${adapter.name}, ${name}: a client that leaves before a late handshake is answered has used up nothing`, async () => {
      const subject = await with_({ when: { websocket }, nth: 1, delay: MINUTES })
      const late = open(at(subject))
      const left = converse(late)
      expect(await say(at(subject, RESPONSES))).toEqual(WHOLE)
      late.close()
      expect((await left).at(-1)).toBe('close 1006 ')
      expect(await say(at(subject))).toEqual(WHOLE)
      const journal = told(await subject.close())
      expect(journal.toSorted()).toEqual([
        `faulted fault 1: a delay of ${MINUTES} ms; the client left in the meantime`,
        'hit 101',
        'hit 101',
      ])
    })

    test(`${adapter.name}, ${name}: a WebSocket is closed as soon as it is open, or behind a frame, and whole again`, async () => {
      const close = { code: 1011, reason: 'keepalive' }
      const subject = await with_({ nth: 1, close }, { nth: 2, close: { ...close, after: 2 } })
      expect(await say(at(subject))).toEqual(['open', 'close 1011 keepalive'])
      expect(await say(at(subject))).toEqual(['open', '{"n":1}', '{"n":2}', 'close 1011 keepalive'])
      expect(await say(at(subject))).toEqual(WHOLE)
      expect(told(await subject.close())).toEqual([
        'faulted fault 1: the WebSocket closed with 1011',
        'faulted 101 fault 2: the WebSocket closed with 1011 after frame 2',
        'hit 101',
      ])
    })

    test(`${adapter.name}, ${name}: a connection breaks as soon as it is open, or behind a frame, and is whole again`, async () => {
      const subject = await with_(
        { when: { websocket }, nth: 1, cut: { after: 0 } },
        { when: { websocket }, nth: 2, cut: { after: 2 } },
      )
      expect(await say(at(subject))).toEqual(['open', ...broken])
      expect(await say(at(subject))).toEqual(['open', '{"n":1}', '{"n":2}', ...broken])
      expect(await say(at(subject))).toEqual(WHOLE)
      expect(told(await subject.close())).toEqual([
        'faulted fault 1: the connection cut after frame 0',
        'faulted 101 fault 2: the connection cut after frame 2',
        'hit 101',
      ])
    })

    test(`${adapter.name}, ${name}: a conversation that stalls continues, and one that its client leaves while it stalls can be replayed again`, async () => {
      const subject = await with_(
        { when: { websocket }, nth: 1, stall: { after: 2, ms: MINUTES } },
        { when: { websocket }, nth: 2, stall: { after: 2, ms: 10 } },
      )
      expect(await say(at(subject), '{"n":2}')).toEqual(['open', '{"n":1}', '{"n":2}', 'close 1000 enough'])
      expect(await say(at(subject))).toEqual(WHOLE)
      expect(await say(at(subject))).toEqual(refused)
      expect(told(await subject.close())).toMatchObject([
        `faulted 101 fault 1: a stall of ${MINUTES} ms after frame 2`,
        'faulted 101 fault 2: a stall of 10 ms after frame 2',
        expect.stringMatching(/^exhausted 404/),
      ])
    })

    test(`${adapter.name}, ${name}: a frame is corrupted in a conversation that goes on, and is whole again`, async () => {
      const subject = await with_({ when: { websocket }, nth: 1, corrupt: { event: 2 } })
      expect(await say(at(subject))).toEqual(WHOLE.with(2, '{"n'))
      expect(await say(at(subject))).toEqual(WHOLE)
    })

    test(`${adapter.name}, ${name}: an error stands in place of a frame, in a Realtime session that goes on`, async () => {
      const subject = await with_({ when: { websocket }, nth: 1, errorEvent: { at: 2 } })
      const [, , error, ...rest] = await say(at(subject))
      expect(JSON.parse(String(error))).toEqual({
        type: 'error',
        event_id: expect.stringMatching(/^event_\w{21}$/),
        error: {
          type: 'server_error',
          code: null,
          message: expect.stringMatching(/^The server had an error/),
          param: null,
          event_id: null,
        },
      })
      expect(rest).toEqual(WHOLE.slice(3))
      expect(await say(at(subject))).toEqual(WHOLE)
    })

    test(`${adapter.name}, ${name}: an error of Responses has a status, and ends the answer but not the connection`, async () => {
      const errorEvent = { at: 2, error: 'insufficient_quota' }
      const subject = await with_({ when: { websocket }, nth: 1, errorEvent })
      const [, , error, ...rest] = await say(at(subject, RESPONSES), '"status":429')
      expect(JSON.parse(String(error))).toMatchObject({
        type: 'error',
        status: 429,
        error: { type: 'insufficient_quota', code: 'insufficient_quota', param: null },
      })
      expect(rest).toEqual(['close 1000 enough'])
      expect(await say(at(subject, RESPONSES))).toEqual(WHOLE)
    })

    test(`${adapter.name}, ${name}: a fault that does not apply lets the conversation pass, and the journal says why`, async () => {
      const subject = await with_({ nth: 1, close: { code: 1011, after: 4 } })
      expect(await say(at(subject))).toEqual(WHOLE)
      expect(told(await subject.close())).toEqual([
        'hit 101 fault 1: the WebSocket closed with 1011 after frame 4: not applied, because the server sends 3 frames',
      ])
    })

    test(`${adapter.name}, ${name}: handshakes are not counted for faults of plain requests, nor these for theirs`, async () => {
      const subject = await with_(
        { nth: 2, error: 'server_error' },
        { when: { websocket }, nth: 2, error: 'server_error' },
      )
      expect(await say(at(subject))).toEqual(WHOLE)
      expect((await subject.fetch('/v1/models')).status).toBe(404)
      expect(await say(at(subject))).toEqual(refused)
      expect((await subject.fetch('/v1/models')).status).toBe(500)
    })
  }
}
