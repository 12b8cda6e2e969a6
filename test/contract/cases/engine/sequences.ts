import { expect, test } from 'vitest'
import { tempDir } from '../../../support/temp.ts'
import { localUpstream } from '../../../support/upstream.ts'
import type { Adapter } from '../../adapter.ts'
import { opening } from '../../talking.ts'
import { cassette, got } from '../../written.ts'

const POLL = '/v1/batches/batch_1'
const texts = async (responses: readonly Response[]): Promise<string[]> =>
  Promise.all(responses.map((response) => response.text()))

export function sequenceCases(adapter: Adapter): void {
  const { replay } = opening(adapter)

  test(`${adapter.name}: a poll is answered as it was until what it waits for is done, whatever is asked between`, async () => {
    const dir = await cassette(
      got(POLL, 'validating'),
      got('/v1/models', 'models'),
      got(POLL, 'in_progress'),
      got(POLL, 'completed'),
    )
    const replaying = await replay(dir)
    const states = []
    for (const at of [POLL, POLL, '/v1/models', POLL]) states.push(await (await replaying.fetch(at)).text())
    expect(states).toEqual(['validating', 'in_progress', 'models', 'completed'])
    expect((await replaying.fetch(POLL)).status).toBe(404)
  })

  test(`${adapter.name}: a client that was told to wait gets its answer when it asks again`, async () => {
    const dir = await cassette(
      got('/v1/models', 'slow down', 429, 'retry-after: 20'),
      got('/v1/models', 'models'),
    )
    const replaying = await replay(dir)
    const responses = [await replaying.fetch('/v1/models'), await replaying.fetch('/v1/models')]
    expect(responses.map(({ status }) => status)).toEqual([429, 200])
    expect(await texts(responses)).toEqual(['slow down', 'models'])
    expect((await replaying.close()).map(({ outcome, status }) => [outcome, status])).toEqual([
      ['hit', 429],
      ['hit', 200],
    ])
  })

  test(`${adapter.name}: equal requests at once get each recorded answer once`, async () => {
    const answers = Array.from({ length: 20 }, (_, i) => `answer ${i}`)
    const dir = await cassette(...answers.map((text) => got('/v1/models', text)))
    const replaying = await replay(dir)
    const responses = await Promise.all(answers.map(() => replaying.fetch('/v1/models')))
    expect((await texts(responses)).toSorted()).toEqual(answers.toSorted())
  })

  test(`${adapter.name}: requests of other content do not count among equal ones`, async () => {
    const dir = await cassette(got('/v1/models', 'first'), got('/v1/models', 'second'), got('/v1/files', 'f'))
    const replaying = await replay(dir)
    const order = ['/v1/files', '/v1/nothing', '/v1/models', '/v1/models?x=1', '/v1/models']
    const found = []
    for (const at of order) {
      const response = await replaying.fetch(at)
      found.push(response.status === 200 ? await response.text() : response.status)
    }
    expect(found).toEqual(['f', 404, 'first', 404, 'second'])
  })

  for (const [repeat, expected] of [
    ['error', ['in_progress', 'completed', 404, 404, 404]],
    ['last', ['in_progress', 'completed', 'completed', 'completed', 'completed']],
    ['cycle', ['in_progress', 'completed', 'in_progress', 'completed', 'in_progress']],
  ] as const) {
    test(`${adapter.name}: repeat ${repeat} counts for each request by itself`, async () => {
      const dir = await cassette(
        got(POLL, 'in_progress'),
        got('/v1/models', 'models'),
        got(POLL, 'completed'),
      )
      const replaying = await replay(dir, { repeat })
      const found = []
      for (let i = 0; i < 5; i++) {
        const response = await replaying.fetch(POLL)
        found.push(response.status === 200 ? await response.text() : response.status)
        if (i === 2) expect(await (await replaying.fetch('/v1/models')).text()).toBe('models')
      }
      expect(found).toEqual(expected)
    })
  }

  test(`${adapter.name}: two equal calls with different answers are recorded and replayed as two`, async () => {
    let n = 0
    const upstream = await localUpstream((_req, res) => void res.end(`answer ${++n}`))
    const dir = await tempDir()
    const ask = async (mode: 'record' | 'replay'): Promise<string[]> => {
      const subject = await adapter.open('c', { mode, dir, upstream: upstream.url })
      const found = []
      for (let i = 0; i < 3; i++) found.push(await (await subject.fetch('/v1/models')).text())
      await subject.close()
      return found
    }
    expect(await ask('record')).toEqual(['answer 1', 'answer 2', 'answer 3'])
    expect(await ask('replay')).toEqual(['answer 1', 'answer 2', 'answer 3'])
    expect(upstream.asked()).toBe(3)
  })
}
