import { expect, test } from 'vitest'
import type { RecordedRequest } from '../../src/cassette/cassette.ts'
import { type Json, parseJson } from '../../src/json/json.ts'
import { Rewirer } from '../../src/rerecord/rewire/rewirer.ts'
import { rewireRules } from '../../src/openai/rewire-rules.ts'
import { interactionOf } from './as-interaction.ts'
import { readExchanges, trafficIsThere } from './exchanges.ts'
import { renamedExchange, Renaming } from './renaming.ts'

// Said once, so that a run without real traffic is not taken for one with it.
if (!trafficIsThere) process.stderr.write('real traffic is not there: its rewiring is not tested\n')

test.skipIf(!trafficIsThere)(
  'every later request of real traffic is rewired from new answers, and no constant is touched',
  () => {
    const groups = [...Map.groupBy(readExchanges(), ({ group }) => group)].filter(([, all]) => all.length > 1)
    const kinds = new Map<string, number>()
    let [later, rewired, constants] = [0, 0, 0]
    for (const [name, group] of groups) {
      const renaming = new Renaming(group)
      const rewirer = new Rewirer(group.map(interactionOf), rewireRules)
      for (const [n, exchange] of group.entries()) {
        const tell = (kind: string): void => void kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
        const again = renamedExchange(exchange, renaming, tell)
        const expected = interactionOf(again).request
        const recorded = interactionOf(exchange).request
        expect(comparable(rewirer.request(n)), `${n} of ${name}`).toEqual(comparable(expected))
        expect(rewirer.learn(n, interactionOf(again).response), `${n} of ${name}`).toBeUndefined()
        if (n > 0) later++
        if (JSON.stringify(comparable(expected)) !== JSON.stringify(comparable(recorded))) rewired++
      }
      constants += renaming.constants.size
    }
    process.stdout.write(
      `${groups.length} recordings with ${later} later requests, ${rewired} of them with values of earlier answers: ` +
        `${[...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ')}; ${constants} constants untouched\n`,
    )
    expect(rewired).toBeGreaterThan(50)
    expect(constants).toBeGreaterThan(5)
  },
)

function comparable({ method, path, body }: RecordedRequest): Json {
  const content = body.kind === 'json' ? (parseJson(body.text) as Json) : JSON.stringify(body)
  return [method, path, content]
}
