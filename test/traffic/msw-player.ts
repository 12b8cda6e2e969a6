/**
 * A process of its own that plays all real exchanges through MSW.
 * Its arguments: mode, cassette directory, upstream, output file, how often to play.
 */
import { writeFileSync } from 'node:fs'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import { openCassette } from '../../src/index.ts'
import type { Mode } from '../../src/index.ts'
import { cassetteOf, readExchanges } from './exchanges.ts'
import { type Got, send } from './play.ts'

const [mode, dir, upstream, output, times] = process.argv.slice(2) as [Mode, string, string, string, string]
const exchanges = readExchanges()
const names = new Set(exchanges.map((exchange) => cassetteOf(exchange, exchanges)))
const rounds: (Got | string)[][] = []
for (let round = 0; round < Number(times); round++) {
  const got: (Got | string)[] = []
  for (const name of names) {
    await using vcr = await openCassette(name, { mode, dir, upstream })
    await using _intercepted = await intercept(vcr)
    for (const [i, exchange] of exchanges.entries()) {
      if (cassetteOf(exchange, exchanges) !== name) continue
      got[i] = await send('https://api.openai.com', exchange, i).catch((error: unknown) => String(error))
    }
  }
  rounds.push(got)
}
writeFileSync(output, JSON.stringify(rounds))
