import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import type { CassetteOptions } from '../../src/vcr/options/options.ts'
import type { JournalEntry } from '../../src/engine/journal.ts'
import { openCassette } from '../../src/vcr/open-cassette.ts'
import { answeringUpstream } from '../support/answering.ts'
import { IN_REQUESTS } from '../support/planted-requests.ts'
import { IN_RESPONSES } from '../support/planted-responses.ts'
import type { Place, Planted } from '../support/planting.ts'
import { LONG } from '../support/long.ts'
import { findSecret, holds } from '../support/search.ts'
import { type Secret, secrets } from '../support/secrets.ts'
import { tempDir } from '../support/temp.ts'

// property/secrets.test.ts has the law; here what is redacted is all that leaves a session.
afterEach(() => void vi.unstubAllEnvs())

for (const place of [...IN_REQUESTS, ...IN_RESPONSES]) {
  test(`a secret in ${place.name} is in no file and no message of a session, and does not stand in the way of a match`, async () => {
    const root = await tempDir()
    const upstream = await answeringUpstream()
    let run = 0
    await fc.assert(
      fc.asyncProperty(secrets, fc.nat(100), async (secret, cut) => {
        const dir = `${root}/${run++}`
        const planted = place.plant(secret.value, cut)
        upstream.next = { ...planted.answer, cut }
        const recorded = await session(secret, { dir, mode: 'record', upstream: upstream.url }, planted)
        expect(recorded.body).toEqual(planted.answer.body)
        expect(await findSecret(dir, secret.value)).toBeUndefined()
        expect(holds(recorded.said, secret.value)).toBe(false)
        if (place.unclean) {
          expect(recorded.journal.map(({ outcome }) => outcome)).toEqual(['dropped'])
          expect(recorded.said).toMatch(
            /was not recorded: a secret in the response body could not be redacted/,
          )
          return
        }
        expect(recorded.journal).toMatchObject([{ outcome: 'recorded' }])
        await replays(place, secret, { dir, mode: 'replay' }, cut)
      }),
      { numRuns: LONG ? 15 : 1 },
    )
  })
}

async function replays(place: Place, secret: Secret, options: CassetteOptions, cut: number): Promise<void> {
  const planted = place.plant(secret.value, cut)
  const hit = [{ outcome: 'hit', status: 200 }]
  expect((await session(secret, options, planted)).journal).toMatchObject(hit)
  // The variable is gone: the client sends the placeholder, or another key of that shape.
  const { variable: _, ...unset } = secret
  for (const other of secret.others) {
    expect((await session(unset, options, place.plant(other, cut))).journal).toMatchObject(hit)
  }
  const missed = await session(secret, options, {
    ...planted,
    path: `${planted.path}${planted.path.includes('?') ? '&' : '/'}more`,
  })
  expect(missed.journal).toMatchObject([{ outcome: 'miss' }])
  expect(holds(missed.said, secret.value)).toBe(false)
}

interface Ran {
  readonly body: Uint8Array
  readonly journal: readonly JournalEntry[]
  /** All that the session said: its journal, its warnings, its report, and an error's message. */
  readonly said: string
}

async function session(secret: Secret, options: CassetteOptions, planted: Planted): Promise<Ran> {
  for (const name of ['OPENAI_API_KEY', 'SOME_KEY', 'GITHUB_TOKEN', 'THE_SECRET', 'DB_PASSWORD'])
    vi.stubEnv(name, undefined)
  if (secret.variable !== undefined) vi.stubEnv(secret.variable, secret.value)
  const said: string[] = []
  const warned = vi
    .spyOn(process, 'emitWarning')
    .mockImplementation((warning) => void said.push(String(warning)))
  const out = vi.spyOn(process.stdout, 'write')
  const err = vi.spyOn(process.stderr, 'write')
  try {
    const vcr = await openCassette('c', {
      ...options,
      ...(secret.redact === undefined ? {} : { redact: secret.redact }),
    })
    const response = await vcr.fetch(`http://127.0.0.1${planted.path}`, planted.init)
    const body = new Uint8Array(await response.arrayBuffer())
    const report = await vcr.close()
    if (response.status !== 200) said.push(Buffer.from(body).toString())
    for (const write of [out, err]) said.push(...write.mock.calls.map(([text]) => String(text)))
    return {
      body,
      journal: vcr.journal,
      said: [...said, JSON.stringify(vcr.journal), JSON.stringify(report ?? null)].join('\n'),
    }
  } finally {
    for (const spy of [warned, out, err]) spy.mockRestore()
  }
}
