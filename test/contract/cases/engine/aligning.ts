import { expect, test } from 'vitest'
import type { MatcherOptions } from '../../../../src/index.ts'
import { tempDir } from '../../../support/temp.ts'
import { localUpstream, readAll } from '../../../support/upstream.ts'
import type { Adapter } from '../../adapter.ts'
import { opening, post } from '../../talking.ts'

interface Asked {
  readonly path: string
  readonly body?: object
}

const chat = (body: object): Asked => ({ path: '/v1/chat/completions', body })

/** A second turn: what the tool said, under the id of its call. */
const toolTurn = (id: string, said = 'sunny'): Asked =>
  chat({
    messages: [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: id, content: said },
    ],
  })

function call({ path, body }: Asked): [string, RequestInit?] {
  return body === undefined ? [path] : [path, post(body)]
}

export function aligningCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  /** Records these requests against an upstream that answers with what `answer` makes of each. */
  const recorded = async (
    asked: readonly Asked[],
    answer = (text: string) => `answer to ${text}`,
  ): Promise<string> => {
    const upstream = await localUpstream(
      async (req, res) => void res.end(answer(`${req.url} ${(await readAll(req)).toString()}`)),
    )
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    for (const each of asked) await (await recording.fetch(...call(each))).text()
    await recording.close()
    return dir
  }

  /** The answers' statuses, or texts where asked for. */
  const replayed = async (
    dir: string,
    asked: readonly Asked[],
    matchers: MatcherOptions = {},
  ): Promise<(string | number)[]> => {
    const replaying = await replay(dir, { matchers })
    const got = []
    for (const each of asked) {
      const response = await replaying.fetch(...call(each))
      got.push(response.status === 200 ? await response.text() : response.status)
    }
    await replaying.close()
    return got
  }

  test(`${adapter.name}: a client that makes its own ids is answered as the recorded one was`, async () => {
    const dir = await recorded([toolTurn('call_recorded0001')])
    const answers = await replayed(dir, [toolTurn('my-own-1')])
    expect(answers).toEqual([expect.stringContaining('call_recorded0001')])
  })

  test(`${adapter.name}: one switch turns it off`, async () => {
    const dir = await recorded([toolTurn('call_recorded0001')])
    expect(await replayed(dir, [toolTurn('my-own-1')], { align: false })).toEqual([404])
  })

  test(`${adapter.name}: an id stands for one recorded id for the length of the session`, async () => {
    const dir = await recorded([
      { path: '/v1/threads/thread_recorded001/messages' },
      { path: '/v1/threads/thread_recorded001/runs' },
      { path: '/v1/threads/thread_recorded002/runs' },
    ])
    const mine = '/v1/threads/thread_mine00000001'
    const other = '/v1/threads/thread_other0000002'
    const answers = await replayed(dir, [
      { path: `${mine}/messages` },
      { path: `${mine}/runs` },
      { path: `${other}/runs` },
    ])
    expect(answers).toEqual([
      expect.stringContaining('thread_recorded001/messages'),
      expect.stringContaining('thread_recorded001/runs'),
      expect.stringContaining('thread_recorded002/runs'),
    ])
  })

  test(`${adapter.name}: an id that could be either of two is a miss`, async () => {
    const dir = await recorded([
      { path: '/v1/files/file-recorded0001' },
      { path: '/v1/files/file-recorded0002' },
    ])
    expect(await replayed(dir, [{ path: '/v1/files/file-mine00000001' }])).toEqual([404])
  })

  test(`${adapter.name}: two ids do not stand for one, nor one for two`, async () => {
    const two = (a: string, b: string): Asked =>
      chat({
        messages: [
          { role: 'tool', tool_call_id: a, content: '1' },
          { role: 'tool', tool_call_id: b, content: '2' },
        ],
      })
    const dir = await recorded([two('call_recorded0001', 'call_recorded0002')])
    expect(await replayed(dir, [two('mine-1', 'mine-1')])).toEqual([404])
    expect(await replayed(dir, [two('mine-1', 'mine-2')])).toEqual([expect.stringContaining('recorded0001')])
  })

  test(`${adapter.name}: an id that the session gave to the caller comes back as it is, or the request is a miss`, async () => {
    const created = { path: '/v1/files', body: { name: 'a' } }
    const asked = [created, { path: '/v1/files/file-recorded0001' }]
    const dir = await recorded(asked, (text) =>
      text.startsWith('/v1/files {') ? '{"id":"file-recorded0001"}' : text,
    )
    expect(await replayed(dir, asked)).toEqual(['{"id":"file-recorded0001"}', '/v1/files/file-recorded0001 '])
    expect(await replayed(dir, [created, { path: '/v1/files/file-wrong0000001' }])).toEqual([
      '{"id":"file-recorded0001"}',
      404,
    ])
  })

  test(`${adapter.name}: an id that the cassette knows means what it means there`, async () => {
    const dir = await recorded([
      toolTurn('call_recorded0001', 'sunny'),
      toolTurn('call_recorded0002', 'rainy'),
    ])
    expect(await replayed(dir, [toolTurn('call_recorded0002', 'sunny')])).toEqual([404])
  })

  test(`${adapter.name}: whatever else differs is a miss, ids or not`, async () => {
    const dir = await recorded([toolTurn('call_recorded0001', 'sunny')])
    expect(await replayed(dir, [toolTurn('my-own-1', 'rainy')])).toEqual([404])
    const plain = await recorded([chat({ model: 'a', user: 'u1' })])
    expect(await replayed(plain, [chat({ model: 'a', user: 'u2' })])).toEqual([404])
  })

  test(`${adapter.name}: equal requests under other ids are answered in their order`, async () => {
    let n = 0
    const poll = { path: '/v1/batches/batch_recorded001' }
    const dir = await recorded([poll, poll, poll], () => `poll ${++n}`)
    const mine = { path: '/v1/batches/batch_mine00000001' }
    expect(await replayed(dir, [mine, mine, mine, mine])).toEqual(['poll 1', 'poll 2', 'poll 3', 404])
  })
}
