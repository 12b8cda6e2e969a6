import { expect, test } from 'vitest'
import { cassetteRouter, cassetteUpgrade } from '../../src/adapters/http/express.ts'
import { cassetteHandlers, intercept } from '../../src/adapters/intercept/msw.ts'
import { playWithNock } from '../../src/adapters/intercept/nock.ts'
import { type HostOptions, hostsOf } from '../../src/adapters/intercept/hosts.ts'
import { openCassette, type Vcr } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'

const ways: Readonly<Record<string, (vcr: Vcr) => unknown>> = {
  intercept,
  cassetteHandlers,
  playWithNock,
  cassetteRouter,
  cassetteUpgrade,
}

test.each(Object.keys(ways))('%s says that a cassette was not awaited', async (way) => {
  const use = async (vcr: unknown): Promise<unknown> => ways[way]?.(vcr as Vcr)
  const promised = openCassette('c', { dir: await tempDir() })
  await expect(use(promised)).rejects.toThrow('the cassette is not open yet: await it')
  await expect(use(undefined)).rejects.toThrow('expected a cassette')
  await (await promised).close()
})

async function hostsFor(options: unknown): Promise<string[]> {
  await using vcr = await openCassette('c', { dir: await tempDir() })
  return [...hostsOf(vcr, options as HostOptions)]
}

test('hosts that no request would ever have are refused, so that none goes to the network', async () => {
  const refused = [
    'https://api.openai.com',
    'api.openai.com/v1',
    '*.openai.azure.com',
    'a b',
    'key@api.openai.com',
    'api.openai.com:port',
    '',
  ]
  for (const host of refused)
    await expect(hostsFor({ hosts: ['a', host] })).rejects.toThrow(
      `option \`hosts[1]\`: expected the name of a host alone, such as 'my-resource.openai.azure.com' or 'localhost:8080', found '${host}'`,
    )
  const keyed = hostsFor({ hosts: ['sk-proj-AbCdEfGh1234567890@api.openai.com'] })
  await expect(keyed).rejects.toThrow("found 'sk-redacted@api.openai.com'")
  for (const hosts of ['api.openai.com', []])
    await expect(hostsFor({ hosts })).rejects.toThrow(
      "option `hosts`: expected a list of hosts, such as ['my-resource.openai.azure.com'], found",
    )
  await expect(hostsFor({ host: ['api.openai.com'] })).rejects.toThrow(
    'unknown option `host`; did you mean `hosts`?',
  )
})

test('hosts are taken as URLs spell them', async () => {
  expect(await hostsFor({ hosts: ['API.OpenAI.com', 'Localhost:8080', '[::1]:8080'] })).toEqual([
    'api.openai.com',
    'localhost:8080',
    '[::1]:8080',
  ])
  expect(await hostsFor({ hosts: ['mine.example:443'] })).toEqual(['mine.example', 'mine.example:443'])
})
