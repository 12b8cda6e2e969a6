import { expect, onTestFinished, test } from 'vitest'
import { throughMsw, throughServer, type Way } from '../sdk/ways.ts'
import { startStandIn } from '../stand-in/start.ts'
import { LONG } from '../support/long.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'
import { cases } from './cases.ts'
import { outcomes, pointAt, through } from './through.ts'

await import('../../examples/loopback-only.ts')

const WAYS: readonly Way[] = [throughMsw, throughServer]
const TURNS = 3

for (const { name, run, way } of cases) {
  for (const recorder of WAYS) {
    // The one that did not record it stands for both.
    const players = LONG ? WAYS : WAYS.filter((player) => player !== recorder)
    const throughThem = players.map((player) => player.name).join(' and ')
    test(`a run on ${name} recorded through ${recorder.name} is replayed through ${throughThem}`, async () => {
      const standIn = await startStandIn()
      onTestFinished(standIn.close)
      pointAt(`${standIn.url}/v1`)
      const direct = await run(way)
      expect(direct).toMatchObject({
        advice: { city: 'Paris' },
        calls: [
          'get_weather({"city":"Paris"})',
          'get_weather({"city":"Tōkyō"})',
          'get_sunset({"city":"Paris"})',
          'get_sunset({"city":"Tōkyō"})',
        ],
      })
      expect(direct.pieces.length > 1).toBe(way.stream === true)
      expect(Math.min(direct.tokens.input, direct.tokens.output)).toBeGreaterThan(20)
      expect(standIn.requests).toHaveLength(TURNS)

      const dir = await tempDir()
      const recorded = await through(recorder, { mode: 'record', dir, upstream: standIn.url }, () => run(way))
      expect(recorded.told).toStrictEqual(direct)
      expect(outcomes(recorded)).toEqual(Array.from({ length: TURNS }, () => 'recorded'))
      await standIn.close()

      const nobody = await localUpstream((_, res) => void res.writeHead(500).end())
      for (const player of players) {
        const replayed = await through(player, { mode: 'replay', dir, upstream: nobody.url }, () => run(way))
        expect(replayed.told).toStrictEqual(direct)
        expect(outcomes(replayed)).toEqual(Array.from({ length: TURNS }, () => 'hit'))
        expect(replayed.unused).toBe(0)
      }
      expect(nobody.asked()).toBe(0)
    })
  }
}
