/** A process of a user's, for bench/large-bodies.ts: prints what it was told and by how much it grew. */
import { openAsBlob } from 'node:fs'
import { intercept } from '../dist/adapters/intercept/intercept.js'
import { openCassette } from '../dist/index.js'
import { ask, type Direction } from './large-body.ts'
import { peakOf, residentOf } from './memory.ts'

const { way, direction, mode, cassette, dir, file, upstream } = JSON.parse(process.argv[2] ?? '') as {
  way: 'fetch' | 'MSW'
  direction: Direction
  mode: 'record' | 'replay'
  cassette: string
  dir: string
  file: string
  upstream: string
}
const vcr = await openCassette(cassette, { mode, dir, upstream })
const interception = way === 'MSW' ? await intercept(vcr) : undefined
const blob = await openAsBlob(file)
const before = await residentOf(process.pid)
const told = await ask(way === 'MSW' ? fetch : vcr.fetch, 'https://api.openai.com', direction, blob)
await interception?.stop()
await vcr.close()
const grown = ((await peakOf(process.pid)) - before) / 1e6
process.stdout.write(JSON.stringify({ told, grown }))
