import { expect, test } from 'vitest'
import { tempDir } from '../../../support/temp.ts'
import { localUpstream } from '../../../support/upstream.ts'
import type { Adapter, Subject } from '../../adapter.ts'
import { file, opening, post } from '../../talking.ts'

export function recordingRulesCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  test(`${adapter.name}: error answers are kept with their bodies and headers`, async () => {
    const upstream = await localUpstream((req, res) => {
      const status = Number(req.url?.split('/').at(-1))
      res.writeHead(status, {
        'content-type': 'application/json',
        'x-ratelimit-remaining-requests': '0',
        'retry-after': '7',
      })
      res.end(
        JSON.stringify(
          { error: { message: `status ${status}`, type: 'x', param: null, code: null } },
          null,
          2,
        ),
      )
    })
    const dir = await tempDir()
    const statuses = [400, 401, 404, 429, 500, 503]
    const ask = async (subject: Subject) => {
      const answers = []
      for (const status of statuses) {
        const response = await subject.fetch(`/v1/${status}`, post({}))
        answers.push([
          response.status,
          response.headers.get('retry-after'),
          response.headers.get('x-ratelimit-remaining-requests'),
          await response.text(),
        ])
      }
      await subject.close()
      return answers
    }
    const live = await ask(await record(dir, upstream.url))
    await upstream.close()
    expect(live.map(([status]) => status)).toEqual(statuses)
    expect(await ask(await replay(dir))).toEqual(live)
  })

  test(`${adapter.name}: an upstream that refuses is named in the journal, and earlier recordings stay`, async () => {
    const upstream = await localUpstream((_req, res) => void res.end('{}'))
    const dir = await tempDir()
    const recording = await record(dir, upstream.url)
    await (await recording.fetch('/v1/first')).text()
    await upstream.close()
    await expect(recording.fetch('/v1/second')).rejects.toThrow('fetch failed')
    expect((await recording.close()).at(-1)?.reason).toContain(
      `no response from the upstream ${upstream.url}: it refused the connection`,
    )
    expect(await file(dir)).toContain('/v1/first')
  })
}
