/**
 * A process of its own: another copy of MSW's engine, in the directory that is its argument, is
 * at work when ours begins, and then is not. Prints what came of each.
 */
import type * as Engine from '@mswjs/interceptors/http'
import { pathToFileURL } from 'node:url'
import path from 'node:path'
import { intercept } from '../../src/adapters/intercept/intercept.ts'
import { openCassette } from '../../src/index.ts'

const [dir] = process.argv.slice(2) as [string]
const copy = path.join(dir, 'node_modules/@mswjs/interceptors/lib/node/interceptors/http/index.js')
const { HttpRequestInterceptor } = (await import(pathToFileURL(copy).href)) as typeof Engine

const theirs = new HttpRequestInterceptor()
theirs.apply()
await using vcr = await openCassette('c', { dir })
const refused = await intercept(vcr).then(
  () => 'begun',
  (error: Error) => `${error.name}: ${error.message}`,
)
theirs.dispose()
const ours = await intercept(vcr)
const { status } = await fetch('https://api.openai.com/v1/models')
await ours.stop()
process.stdout.write(JSON.stringify({ refused, status }))
