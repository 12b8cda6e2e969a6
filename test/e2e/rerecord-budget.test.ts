import { expect, test } from 'vitest'
import { localUpstream } from '../support/upstream.ts'
import { readCassettes, chat, completion } from './rerecord-cassettes.ts'
import { fileIn, rerecord } from './rerecording.ts'

/** Answers so that a request costs so much: 20,000 tokens are 0.003 US dollars. */
async function upstreamAt(tokens: number): Promise<{ url: string; asked: () => number }> {
  return localUpstream((_req, res) => {
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify(completion('gpt-4o-mini', 'anew', tokens)))
  })
}

const FIVE = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, [chat(name)]]))

async function renewed(dir: string): Promise<string> {
  const names = Object.keys(FIVE)
  const texts = await Promise.all(names.map((name) => fileIn(dir, name)))
  return names.filter((_, i) => texts[i]?.includes('anew')).join('')
}

for (const concurrency of ['1', '5']) {
  test(`a budget of 0.01 dollars re-records three cassettes of 0.003, ${concurrency} at a time`, async () => {
    const dir = await readCassettes(FIVE)
    const upstream = await upstreamAt(20_000)
    const args = ['--budget', '0.01', '--concurrency', concurrency]
    const { status, stderr } = await rerecord(dir, upstream.url, args)
    expect(status).toBe(1)
    expect(upstream.asked()).toBe(3)
    expect(await renewed(dir)).toBe('abc')
    expect(stderr).toContain("'d' was not started: it would exceed the rest of the budget")
    expect(stderr).toContain("'e' was not started: ")
    expect(stderr).toContain('3 of 5 cassettes re-recorded; spent $0.0090 of a budget of $0.01')
  })
}

test('what was really spent counts: answers that cost more than before use the budget up sooner', async () => {
  const dir = await readCassettes(FIVE)
  const upstream = await upstreamAt(40_000)
  await rerecord(dir, upstream.url, ['--budget', '0.01', '--concurrency', '1'])
  expect(await renewed(dir)).toBe('ab')
})

test('a chain that has become too dear stops before its next request, and its file is left as it was', async () => {
  const chain = [chat('one'), chat('two'), chat('three')]
  const dir = await readCassettes({ chain })
  const before = await fileIn(dir)
  const upstream = await upstreamAt(40_000)
  const { status, stderr } = await rerecord(dir, upstream.url, ['--budget', '0.01'])
  expect({ status, asked: upstream.asked() }).toEqual({ status: 1, asked: 1 })
  expect(stderr).toContain("interaction 2 of 'chain' (POST /v1/chat/completions) would exceed the budget")
  expect(await fileIn(dir)).toBe(before)
})

test('a budget of nothing sends nothing that costs', async () => {
  const dir = await readCassettes({ chain: [chat('one')] })
  const upstream = await upstreamAt(20_000)
  expect((await rerecord(dir, upstream.url, ['--budget', '0'])).status).toBe(1)
  expect(upstream.asked()).toBe(0)
})

test('a budget names what it does not count', async () => {
  const dir = await readCassettes({
    known: [chat('one')],
    dark: [chat('one', { model: 'model-that-nobody-sells' })],
  })
  const upstream = await upstreamAt(20_000)
  const { stderr } = await rerecord(dir, upstream.url, ['--budget', '1'])
  expect(stderr).toContain("the budget does not count requests without a known price, which are in 'dark'\n")
})
