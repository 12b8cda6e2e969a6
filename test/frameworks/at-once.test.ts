import { expect, onTestFinished, test } from 'vitest'
import { askAbout, type Told } from '../../examples/frameworks/evening.ts'
import { throughMsw, throughServer } from '../sdk/ways.ts'
import { startStandIn } from '../stand-in/start.ts'
import { LONG } from '../support/long.ts'
import { tempDir } from '../support/temp.ts'
import { cases } from './cases.ts'
import { outcomes, pointAt, through } from './through.ts'

await import('../../examples/loopback-only.ts')

const QUESTIONS = [
  askAbout('Paris', 'Lagos'),
  askAbout('Lagos', 'Paris'),
  askAbout('Zürich', 'Québec'),
  askAbout('Tōkyō', 'Zürich', 'Paris'),
  askAbout('Québec'),
]
const TURNS = 3
const PAIRS = [
  [throughMsw, throughServer],
  [throughServer, throughMsw],
] as const

// What is streamed is what could be mixed up.
const chats = cases.filter(({ way: { api, stream } }) => api === 'chat' && (LONG || stream === true))

for (const { name, run, way } of chats) {
  test(`five agents at once on ${name} have each its own conversation, recorded and replayed`, async () => {
    const standIn = await startStandIn()
    onTestFinished(standIn.close)
    const all = (questions: readonly string[]): Promise<Told[]> =>
      Promise.all(questions.map((question) => run({ ...way, question })))
    pointAt(`${standIn.url}/v1`)
    const direct = await all(QUESTIONS)

    for (const [recorder, player] of LONG ? PAIRS : PAIRS.slice(0, 1)) {
      const dir = await tempDir()
      const recorded = await through(recorder, { mode: 'record', dir, upstream: standIn.url }, () =>
        all(QUESTIONS),
      )
      expect(recorded.told).toStrictEqual(direct)
      expect(outcomes(recorded)).toEqual(Array.from({ length: TURNS * QUESTIONS.length }, () => 'recorded'))
      const replayed = await through(player, { mode: 'replay', dir, upstream: standIn.url }, () =>
        all(QUESTIONS.toReversed()),
      )
      expect(replayed.told).toStrictEqual(direct.toReversed())
      expect(outcomes(replayed)).toEqual(Array.from({ length: TURNS * QUESTIONS.length }, () => 'hit'))
      expect(replayed.unused).toBe(0)
    }
  })
}
