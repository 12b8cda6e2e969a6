import { expect, onTestFinished, test } from 'vitest'
import { askAbout } from '../../examples/frameworks/evening.ts'
import { throughMsw, throughServer } from '../sdk/ways.ts'
import { startStandIn } from '../stand-in/start.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'
import { cases } from './cases.ts'
import { outcomes, through } from './through.ts'

await import('../../examples/loopback-only.ts')

for (const { name, run, way } of cases) {
  test(`a changed prompt on ${name} is one request, and its explanation is in the framework's error`, async () => {
    const standIn = await startStandIn()
    onTestFinished(standIn.close)
    const dir = await tempDir()
    await through(throughMsw, { mode: 'record', dir, upstream: standIn.url }, () => run(way))
    const nobody = await localUpstream((_, res) => void res.writeHead(500).end())
    for (const player of [throughMsw, throughServer]) {
      const changed = { ...way, question: askAbout('Lagos', 'Québec') }
      const missed = await through(player, { mode: 'replay', dir, upstream: nobody.url }, () =>
        run(changed).then(
          () => 'no error',
          (error: unknown) => (error instanceof Error ? error.message : `not an error: ${String(error)}`),
        ),
      )
      expect(outcomes(missed)).toEqual(['miss'])
      const [{ reason = '' } = {}] = missed.journal
      expect(reason).toContain('recorded: "Where should I spend the evening: Paris or Tōkyō? ')
      expect(reason).toContain('received: "Where should I spend the evening: Lagos or Québec? ')
      expect(missed.told).toContain(reason)
    }
    expect(nobody.asked()).toBe(0)
  })
}
