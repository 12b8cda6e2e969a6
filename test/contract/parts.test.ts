import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream, readAll } from '../support/upstream.ts'
import { scopeOf } from '../support/composition.ts'

const JSON_BODY = { method: 'POST', headers: { 'content-type': 'application/json' } }

const ask = (part: { handle(request: Request): Promise<Response> }, body: string): Promise<string> =>
  part
    .handle(new Request('https://api.openai.com/v1/x', { ...JSON_BODY, body }))
    .then((response) => response.text())

/** Answers each request with a number of its own. */
const counting = async () => {
  let asked = 0
  return localUpstream(async (req, res) => void res.end(`${(await readAll(req)).toString()} ${++asked}`))
}

test('parts share a session, and each has a journal of its own', async () => {
  const upstream = await counting()
  const dir = await tempDir()
  {
    await using vcr = await openCassette('c', { mode: 'record', dir, upstream: upstream.url })
    expect([await ask(vcr, 'a'), await ask(vcr, 'a')]).toEqual(['a 1', 'a 2'])
  }
  await using vcr = await openCassette('c', { dir })
  const [first, second] = [scopeOf(vcr), scopeOf(vcr)]
  expect([await ask(first, 'a'), await ask(second, 'a')]).toEqual(['a 1', 'a 2'])
  expect(await ask(second, 'b')).toContain('replay_miss')
  expect(first.journal.map(({ outcome }) => outcome)).toEqual(['hit'])
  expect(second.journal.map(({ outcome }) => outcome)).toEqual(['hit', 'miss'])
  expect(vcr.journal.map(({ outcome }) => outcome)).toEqual(['hit', 'hit', 'miss'])
})

test('a part that is undone and run again gets the same answers, and leaves those of others alone', async () => {
  const upstream = await counting()
  const dir = await tempDir()
  {
    await using vcr = await openCassette('c', { mode: 'record', dir, upstream: upstream.url })
    for (const body of ['a', 'a', 'a']) await ask(vcr, body)
  }
  await using vcr = await openCassette('c', { dir })
  expect(await ask(scopeOf(vcr), 'a')).toBe('a 1')
  const failing = scopeOf(vcr)
  expect(await ask(failing, 'a')).toBe('a 2')
  failing.undo()
  const again = scopeOf(vcr)
  expect([await ask(again, 'a'), await ask(again, 'a')]).toEqual(['a 2', 'a 3'])
  expect(vcr.unused()).toEqual([])
})

test('an id of the caller’s own that stood for a recorded one stands for itself after undo', async () => {
  // The answer gives the id out: an undone scope has never had it.
  const upstream = await localUpstream((req, res) => void req.pipe(res))
  const dir = await tempDir()
  const threads = (id: string) => `{"thread_id":"thread_Qx7${id}Kp2mVb9LsD4wRt8Zy1N","n":1}`
  {
    await using vcr = await openCassette('c', { mode: 'record', dir, upstream: upstream.url })
    await ask(vcr, threads('a'))
  }
  await using vcr = await openCassette('c', { dir })
  const failing = scopeOf(vcr)
  expect(await ask(failing, threads('b'))).toBe(threads('a'))
  failing.undo()
  expect(await ask(scopeOf(vcr), threads('c'))).toBe(threads('a'))
})

for (const mode of ['record', 'record-missing'] as const) {
  test(`${mode}: what a part recorded is dropped when it is undone, and what others recorded stays`, async () => {
    const upstream = await counting()
    const dir = await tempDir()
    {
      await using vcr = await openCassette('c', { mode, dir, upstream: upstream.url })
      const failing = scopeOf(vcr)
      expect([await ask(failing, 'a'), await ask(vcr, 'b')]).toEqual(['a 1', 'b 2'])
      failing.undo()
      expect(await ask(scopeOf(vcr), 'a')).toBe('a 3')
    }
    const text = await readFile(path.join(dir, 'c.yaml'), 'utf8')
    expect(text.match(/\b[ab] \d/g)).toEqual(['b 2', 'a 3'])
  })
}

test('a part that is undone while its exchange is on its way leaves nothing of it', async () => {
  const gate = Promise.withResolvers<void>()
  const upstream = await localUpstream(async (_req, res) => {
    res.write('begun')
    await gate.promise
    res.end()
  })
  const dir = await tempDir()
  const vcr = await openCassette('c', { mode: 'record', dir, upstream: upstream.url })
  const part = scopeOf(vcr)
  const response = await part.handle(new Request('https://api.openai.com/v1/x'))
  part.undo()
  gate.resolve()
  await response.text()
  expect(await vcr.close()).toMatchObject({ added: 0, written: false })
})
