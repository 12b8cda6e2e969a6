import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openCassette } from '../../src/index.ts'
import { parseCassette } from '../../src/cassette/notation/text.ts'
import { tempDir } from '../support/temp.ts'
import { type LocalUpstream, localUpstream, readAll } from '../support/upstream.ts'
import { readCassettes, chat, completion } from './rerecord-cassettes.ts'
import { fileIn, freshStandIn, type Program, recorded, replayed, rerecord } from './rerecording.ts'

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Answers each request with what it was: its type without a boundary, and a hash of each part or of all. */
function echo(extra = ''): Promise<LocalUpstream> {
  return localUpstream(async (req, res) => {
    const body = await readAll(req)
    const type = req.headers['content-type'] ?? ''
    const form = type.startsWith('multipart')
      ? await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
      : undefined
    const parts = await Promise.all(
      [...(form ?? [])].map(async ([name, value]) =>
        typeof value === 'string'
          ? { name, value }
          : {
              name,
              file: value.name,
              type: value.type,
              hash: hashOf(new Uint8Array(await value.arrayBuffer())),
            },
      ),
    )
    const told = { method: req.method, path: req.url, type: type.split(';')[0], hash: hashOf(body) }
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify(form === undefined ? { ...told, extra } : { path: req.url, parts, extra }))
  })
}

/** What a cassette's answers told. */
async function answersIn(dir: string): Promise<unknown[]> {
  const { interactions } = parseCassette(await fileIn(dir), 'chain.yaml')
  return interactions.map(({ response: { body } }) =>
    body.kind === 'json' ? { ...(JSON.parse(body.text) as object), extra: undefined } : body.kind,
  )
}

test('every kind of body arrives as it was sent: forms, files in blobs/, texts, bytes, and over 4 MiB', async () => {
  const dir = await tempDir()
  const first = await echo('first')
  const noise = (size: number): Uint8Array<ArrayBuffer> =>
    Uint8Array.from({ length: size }, (_, i) => (i * 7919 + (i >> 8)) % 256)
  const vcr = await openCassette('chain', { dir, mode: 'record', upstream: first.url })
  const post = (
    to: string,
    body: string | FormData | Uint8Array<ArrayBuffer>,
    type?: string,
  ): Promise<Response> =>
    vcr.fetch(`${first.url}${to}`, {
      method: 'POST',
      body,
      headers: { authorization: 'Bearer sk-of-the-test-0123456789', ...(type && { 'content-type': type }) },
    })
  const form = new FormData()
  form.append('purpose', 'vision')
  form.append('image[]', new File([noise(3000)], 'a "quoted" näme.png', { type: 'image/png' }))
  form.append('image[]', new File([noise(20)], 'small.png', { type: 'image/png' }))
  form.append('empty', '')
  const large = new FormData()
  large.append('file', new File([noise(5 * 1024 * 1024)], 'large.bin', { type: 'application/octet-stream' }))
  for (const [to, body, type] of [
    ['/v1/json?b=2&a=1', '{"n":1.0,"text":"ü"}', 'application/json'],
    ['/v1/form', form, undefined],
    ['/v1/large-form', large, undefined],
    ['/v1/sdp', 'v=0\r\no=- 1', 'application/sdp'],
    ['/v1/bytes', noise(5000), 'application/octet-stream'],
    ['/v1/large-bytes', noise(5 * 1024 * 1024), 'application/octet-stream'],
  ] as const)
    await (await post(to, body, type)).text()
  await (await vcr.fetch(`${first.url}/v1/get`, { headers: { 'openai-beta': 'assistants=v2' } })).text()
  await (await vcr.fetch(`${first.url}/v1/gone`, { method: 'DELETE' })).text()
  await vcr.close()
  const before = await answersIn(dir)
  const blobs = await readdir(path.join(dir, 'blobs'))
  const { status, stderr } = await rerecord(dir, (await echo('second')).url)
  expect(stderr).toContain('.yaml: 8 interactions')
  expect(status).toBe(0)
  expect(await answersIn(dir)).toEqual(before)
  expect(await fileIn(dir)).toContain('second')
  expect(await fileIn(dir)).toContain('assistants=v2')
  expect(await readdir(path.join(dir, 'blobs'))).toEqual(blobs)
})

test('bodies in blobs/ that only the old recording needed are removed, and those of others stay', async () => {
  const dir = await tempDir()
  const bytesOf = (text: string): Promise<LocalUpstream> =>
    localUpstream((req, res) => {
      res.setHeader('content-type', 'audio/mpeg')
      res.end(
        Buffer.concat([Buffer.from([0, 255]), Buffer.alloc(5000, req.url === '/v1/same' ? 'same' : text)]),
      )
    })
  const first = await bytesOf('old')
  const vcr = await openCassette('chain', { dir, mode: 'record', upstream: first.url })
  for (const to of ['/v1/speech', '/v1/same']) await (await vcr.fetch(first.url + to)).bytes()
  await vcr.close()
  const before = await readdir(path.join(dir, 'blobs'))
  expect((await rerecord(dir, (await bytesOf('new')).url)).status).toBe(0)
  const after = await readdir(path.join(dir, 'blobs'))
  expect(after).toHaveLength(2)
  expect(after.filter((name) => before.includes(name))).toHaveLength(1)
})

test('no key reaches the file, in whatever form it is echoed', async () => {
  const dir = await readCassettes({ chain: [chat('one')] })
  const { url } = await localUpstream((req, res) => {
    const key = req.headers.authorization?.slice(7) ?? ''
    res.setHeader('content-type', 'application/json')
    res.setHeader('openai-organization', 'org-AbCdEfGhIjKlMnOpQrStUvWx')
    res.end(JSON.stringify(completion('gpt-4o-mini', `anew, for ${key}`, 10)))
  })
  const key = 'sk-of-whoever-rerecords-0123456789'
  const { stdout, stderr } = await rerecord(dir, url, ['--redact', 'an[e]w'])
  const text = await fileIn(dir)
  expect(text).toContain('secret-redacted, for sk-redacted')
  for (const each of [text, stdout, stderr]) {
    expect(each).not.toContain(key)
    expect(each).not.toContain('AbCdEfGh')
  }
})

test('a stream is read to its end, and keeps when its events came', async () => {
  const program: Program = async (client) => {
    const messages = [{ role: 'user' as const, content: 'Count.' }]
    const stream = client.chat.completions.stream({ model: 'gpt-4o-mini', messages })
    return stream.finalContent()
  }
  const dir = await recorded(program)
  await rerecord(dir, (await freshStandIn()).url)
  const [interaction] = parseCassette(await fileIn(dir), 'chain.yaml').interactions
  const { body } = interaction?.response ?? {}
  if (body?.kind !== 'events') throw new Error('it is no stream')
  expect(body.events.at(-1)?.raw).toBe('data: [DONE]\n\n')
  // The stand-in waits between its events.
  expect(body.events.at(-1)?.offset).toBeGreaterThan(body.events[0]?.offset ?? Infinity)
  await replayed(program, dir)
})

test('requests to several APIs are sent to each of them again, and the cassette keeps their upstreams', async () => {
  const [one, two] = [await freshStandIn(), await freshStandIn()]
  const dir = await tempDir()
  const vcr = await openCassette('chain', { dir, mode: 'record' })
  const headers = { authorization: 'Bearer sk-of-the-test-0123456789' }
  for (const { url } of [one, two]) await (await vcr.fetch(`${url}/v1/models`, { headers })).text()
  await vcr.close()
  const counts = [one.requests.length, two.requests.length]
  const refused = await rerecordAtHome(dir)
  expect(refused.stderr).toContain('OPENAI_API_KEY is only sent to OpenAI')
  expect([one.requests.length, two.requests.length]).toEqual(counts)
  expect((await fileIn(dir)).match(/upstream: .*/g)).toEqual([`upstream: ${one.url}`, `upstream: ${two.url}`])
})

async function rerecordAtHome(dir: string) {
  const { runCli } = await import('../support/cli.ts')
  const env = { OPENAI_API_KEY: 'sk-of-whoever-rerecords-0123456789' }
  return runCli(['rerecord', '--yes', '--cassettes', dir], { env })
}

test('the file is printed as a recording is: the same answers give the same bytes but for the day', async () => {
  const { url } = await localUpstream((_req, res) => {
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify(completion('gpt-4o-mini', 'the same', 10)))
  })
  const dir = await tempDir()
  const vcr = await openCassette('chain', { dir, mode: 'record', upstream: url })
  for (let n = 0; n < 3; n++)
    await (await vcr.fetch(`${url}/v1/x`, { method: 'POST', body: JSON.stringify({ n: n % 2 }) })).text()
  await vcr.close()
  const before = await readFile(path.join(dir, 'chain.yaml'), 'utf8')
  const { status } = await rerecord(dir, url)
  expect(status).toBe(0)
  const untimed = (text: string): string => text.replaceAll(/after: \d+\n/g, 'after\n')
  expect(untimed(await fileIn(dir))).toBe(untimed(before))
})
