import { expect, test } from 'vitest'
import { tempDir } from '../../support/temp.ts'
import { localUpstream, readAll } from '../../support/upstream.ts'
import type { Adapter } from '../adapter.ts'
import { type Ability, testAbility } from '../limits.ts'
import { opening, post } from '../talking.ts'

export function redirectCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  /** Asks for what is elsewhere, which the upstream says is at `location`; gives what came of it live and replayed. */
  const moved = async (location: (upstream: string) => string): Promise<unknown[]> => {
    const upstream = await localUpstream((req, res) => {
      req.resume()
      if (req.url === '/v1/x/old')
        return void res.writeHead(302, { location: location(upstream.url) }).end('moved')
      res.end(`${req.method} ${req.url}`)
    })
    const dir = await tempDir()
    const found = []
    for (const mode of ['record', 'replay'] as const) {
      const subject = await (mode === 'record' ? record(dir, upstream.url) : replay(dir))
      const response = await subject.fetch('/v1/x/old', post({}))
      const text = await response.text()
      const outcomes = (await subject.close()).map(({ outcome }) => outcome)
      found.push({ status: response.status, redirected: response.redirected, text, outcomes })
      if (mode === 'record') await upstream.close()
    }
    return found
  }

  const followed = (outcome: string): object => ({
    status: 200,
    redirected: true,
    text: 'GET /v1/x/new',
    outcomes: [outcome, outcome],
  })

  test(`${adapter.name}: a redirect is followed by the client, and both answers are in the cassette`, async () => {
    expect(await moved(() => 'new')).toEqual([followed('recorded'), followed('hit')])
  })

  for (const [ability, location] of [
    ['redirect-to-root', () => '/v1/x/new'],
    ['redirect-to-host', (upstream: string) => `${upstream}/v1/x/new`],
  ] as const satisfies readonly (readonly [Ability, (upstream: string) => string])[]) {
    testAbility(adapter, ability, async () => {
      expect(await moved(location)).toEqual([followed('recorded'), followed('hit')])
    })
  }

  for (const status of [301, 302, 303, 307, 308]) {
    test(`${adapter.name}: a redirect with ${status} keeps the method and the body, or not, as it is to`, async () => {
      const upstream = await localUpstream(async (req, res) => {
        const body = await readAll(req)
        if (req.url === '/v1/x/old') return void res.writeHead(status, { location: 'new' }).end()
        res.end(`${req.method} ${req.url} ${body.toString()}`)
      })
      const dir = await tempDir()
      const expected = status < 307 ? 'GET /v1/x/new ' : 'POST /v1/x/new {"n":1}'
      for (const mode of ['record', 'replay'] as const) {
        const subject = await (mode === 'record' ? record(dir, upstream.url) : replay(dir))
        const response = await subject.fetch('/v1/x/old', post({ n: 1 }))
        expect([mode, await response.text()]).toEqual([mode, expected])
        await subject.close()
        if (mode === 'record') await upstream.close()
      }
    })
  }

  test(`${adapter.name}: a redirect that the client does not follow is its to read`, async () => {
    const upstream = await localUpstream(
      (_req, res) => void res.writeHead(307, { location: '/v1/new' }).end('moved'),
    )
    const dir = await tempDir()
    for (const mode of ['record', 'replay'] as const) {
      const subject = await (mode === 'record' ? record(dir, upstream.url) : replay(dir))
      const response = await subject.fetch('/v1/x', { ...post({}), redirect: 'manual' })
      expect([response.status, response.headers.get('location'), await response.text()]).toEqual([
        307,
        '/v1/new',
        'moved',
      ])
      await subject.close()
    }
  })
}
