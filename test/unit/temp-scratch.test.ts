import { readdir, readFile, readlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import { TempScratch } from '../../src/node/temp-scratch.ts'
import { joinBytes } from '../../src/http/bytes.ts'

const SECRET = 'sk-proj-4hT9wZkQ2mXc7VbN1pLr8sDf'

function scratch(): TempScratch {
  const opened = new TempScratch()
  onTestFinished(() => opened.close())
  return opened
}

async function all(body: { read(): AsyncIterable<Uint8Array> }): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of body.read()) pieces.push(piece)
  return Buffer.from(joinBytes(pieces))
}

test('what is put aside comes back as often as it is read, by several at once', async () => {
  const file = scratch().create()
  const bytes = Buffer.from(Array.from({ length: 700_001 }, (_, i) => (i * 31) % 256))
  for (let at = 0; at < bytes.length; at += 65_521) await file.write(bytes.subarray(at, at + 65_521))
  expect(file.size).toBe(bytes.length)
  for (const each of await Promise.all([all(file), all(file)])) expect(each.equals(bytes)).toBe(true)
})

test.runIf(process.platform === 'linux')('a disk gets to see neither its name nor what it says', async () => {
  const before = new Set(await readdir(tmpdir()))
  const file = scratch().create()
  await file.write(Buffer.from(SECRET.repeat(100)))
  const left = (await readdir(tmpdir())).filter((name) => name.endsWith('.tmp') && !before.has(name))
  expect(left).toEqual([])
  const handles = await readdir('/proc/self/fd')
  const targets = await Promise.all(
    handles.map(async (fd) => ({ fd, to: await readlink(`/proc/self/fd/${fd}`).catch(() => '') })),
  )
  const ours = targets.filter(({ to }) => /openai-vcr-.*\.tmp \(deleted\)$/.test(to))
  expect(ours.length).toBeGreaterThan(0)
  for (const { fd } of ours) expect((await readFile(`/proc/self/fd/${fd}`)).includes(SECRET)).toBe(false)
  expect((await all(file)).includes(SECRET)).toBe(true)
})

test('what is dropped while it is read is read to its end', async () => {
  const file = scratch().create()
  const bytes = Buffer.alloc(1_000_000, 'x')
  await file.write(bytes)
  const reading = file.read()[Symbol.asyncIterator]()
  const first = await reading.next()
  file.drop()
  let size = (first.value as Uint8Array).length
  for (let next = await reading.next(); !next.done; next = await reading.next()) size += next.value.length
  expect(size).toBe(bytes.length)
})

test('it is read in pieces so small that what comes meanwhile over the network is heard', async () => {
  const file = scratch().create()
  await file.write(Buffer.alloc(1_000_000, 'x'))
  for await (const piece of file.read()) expect(piece.length).toBeLessThanOrEqual(64 * 1024)
})
