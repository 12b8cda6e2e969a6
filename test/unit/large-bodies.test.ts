import { readdir, readlink, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { LARGE } from '../../src/http/large.ts'
import { openCassette } from '../../src/index.ts'
import { startServer } from '../../src/server/start.ts'
import { noise } from '../support/noise.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

const BYTES = noise(LARGE + 1)

function files(): Promise<{ url: string; asked: () => number }> {
  return localUpstream((req, res) => void req.resume().on('end', () => res.end(BYTES)))
}

test('what one session of a server recorded plays in another, before it is in any file', async () => {
  const upstream = await files()
  const dir = await tempDir()
  const server = await startServer({ mode: 'record-missing', cassette: 'c', dir, upstream: upstream.url })
  for (const session of ['a', 'b']) {
    const response = await fetch(`${server.url}/s/${session}/v1/files/f/content`)
    expect(Buffer.from(await response.arrayBuffer()).equals(BYTES)).toBe(true)
  }
  expect(upstream.asked()).toBe(1)
  expect(await readdir(dir)).toEqual([])
  await server.close()
  expect((await readdir(path.join(dir, 'blobs'))).length).toBe(1)
})

test('where nothing can be put aside, an upload fails with the way out, and an answer arrives all the same', async () => {
  const upstream = await files()
  const dir = await tempDir()
  await using vcr = await openCassette('c', { mode: 'record', dir, upstream: upstream.url })
  vi.stubEnv('TMPDIR', path.join(dir, 'nowhere'))
  const asked = vcr.fetch('https://api.openai.com/v1/files/f/content')
  await expect(asked.then((response) => response.arrayBuffer())).resolves.toBeDefined()
  const streamed = vcr.fetch('https://api.openai.com/v1/files', {
    method: 'POST',
    body: new Blob([BYTES]).stream(),
    duplex: 'half',
  } as RequestInit)
  await expect(streamed).rejects.toThrow(/cannot store a large body in .* or set TMPDIR to another directory/)
  await vcr.close()
  vi.unstubAllEnvs()
  expect(vcr.journal).toMatchObject([
    { outcome: 'dropped', reason: expect.stringMatching(/recording it failed: cannot store a large body/) },
  ])
})

test('an altered large file is reported before any of it is played', async () => {
  const upstream = await files()
  const dir = await tempDir()
  const recording = await openCassette('c', { mode: 'record', dir, upstream: upstream.url })
  await (await recording.fetch('https://api.openai.com/v1/files/f/content')).arrayBuffer()
  await recording.close()
  const [name] = await readdir(path.join(dir, 'blobs'))
  await writeFile(path.join(dir, 'blobs', name as string), BYTES.toReversed())
  await using vcr = await openCassette('c', { mode: 'replay', dir })
  await expect(vcr.fetch('https://api.openai.com/v1/files/f/content')).rejects.toThrow(
    /the content of .*blobs.* does not match the hash in its name; restore it, or record again/,
  )
})

test('text that is large is compared by its hash, in whatever form a cassette has it', async () => {
  const upstream = await files()
  const dir = await tempDir()
  const text = 'a line of text\n'.repeat(LARGE / 15 + 1)
  const lines = text.split('\n').map((line) => `          ${line}`.trimEnd())
  await writeFile(
    path.join(dir, 'c.yaml'),
    `version: 1
upstream: ${upstream.url}
recordedAt: 2026-01-02
interactions:
  - request:
      method: POST
      path: /v1/x
      headers: |
        content-type: text/plain
      body:
        text: |
${lines.join('\n')}
    response:
      status: 200
...
`,
  )
  await using vcr = await openCassette('c', { mode: 'replay', dir })
  const response = await vcr.fetch('https://api.openai.com/v1/x', {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: new Blob([text]).stream(),
    duplex: 'half',
  } as RequestInit)
  expect(response.status).toBe(200)
})

test.runIf(process.platform === 'linux')(
  'no file stays open behind clients that leave a large answer unread, nor behind a fault',
  async () => {
    const upstream = await files()
    const dir = await tempDir()
    const url = 'https://api.openai.com/v1/files/f/content'
    const recording = await openCassette('c', { mode: 'record', dir, upstream: upstream.url })
    await (await recording.fetch(url)).arrayBuffer()
    await recording.close()
    await using vcr = await openCassette('c', { mode: 'replay', dir, repeat: 'last' })
    const left = new AbortController()
    await vcr.fetch(url, { signal: left.signal })
    left.abort()
    await (await vcr.fetch(url)).body?.cancel()
    vcr.setFaults({ faults: [{ cut: { after: 0 } }] })
    const cut = await vcr.fetch(url)
    await expect(cut.arrayBuffer()).rejects.toThrow()
    const handles = await readdir('/proc/self/fd')
    const open = handles.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''))
    expect((await Promise.all(open)).filter((to) => to.startsWith(dir))).toEqual([])
  },
)

test('a large request that nobody reads is passed over, and the next one on its connection is answered', async () => {
  const server = await startServer({ mode: 'replay', cassette: 'c', dir: await tempDir() })
  onTestFinished(() => void server.close())
  const client = connect(Number(new URL(server.url).port), '127.0.0.1')
  onTestFinished(() => void client.destroy())
  const heard = (async () => {
    let text = ''
    for await (const packet of client) {
      text += String(packet)
      if (text.includes('HTTP/1.1 200')) return text
    }
    return `${text} and then the end`
  })()
  client.write(`POST /v1/traces/ingest HTTP/1.1\r\nhost: x\r\ncontent-length: ${2 * BYTES.length}\r\n\r\n`)
  client.write(BYTES)
  client.write(BYTES)
  client.write('GET /_vcr/health HTTP/1.1\r\nhost: x\r\n\r\n')
  expect(await heard).toMatch(/^HTTP\/1\.1 204[^]*HTTP\/1\.1 200/)
})

test('a large text that is sent without a type stands in a file too', async () => {
  const upstream = await files()
  const dir = await tempDir()
  for (const mode of ['record', 'replay'] as const) {
    await using vcr = await openCassette('c', { mode, dir, upstream: upstream.url })
    const body = Buffer.alloc(LARGE + 1, 'a line of text\n')
    const response = await vcr.fetch('https://api.openai.com/v1/x', { method: 'POST', body })
    expect((await response.arrayBuffer()).byteLength).toBe(BYTES.length)
  }
  expect((await stat(path.join(dir, 'c.yaml'))).size).toBeLessThan(2000)
})
