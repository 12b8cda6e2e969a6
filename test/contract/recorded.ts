import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'
import { post } from './talking.ts'

/** A cassette with these bodies, recorded without rules. */
export async function recordedBodies(...bodies: object[]): Promise<string> {
  const upstream = await localUpstream(
    async (req, res) => void res.end(`answer to ${(await readAll(req)).toString()}`),
  )
  const dir = await tempDir()
  await using vcr = await openCassette('c', { mode: 'record', dir, upstream: upstream.url })
  for (const body of bodies) await (await vcr.fetch('https://api.openai.com/v1/x', post(body))).text()
  return dir
}
