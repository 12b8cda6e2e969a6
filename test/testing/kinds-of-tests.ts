/** Tells what every test was answered, so that two runs can be compared. */
export const TELL = `
  import { appendFileSync } from 'node:fs'
  export function tell(...answers) { appendFileSync(process.env.TOLD, answers.join(', ') + '\\n') }
`

/** At the start of each file: what the one before it in this process left behind. */
const PRISTINE = `
  import http from 'node:http'
  import net from 'node:net'
  const patched = [globalThis.fetch, globalThis.WebSocket, http.request, http.get, http.ClientRequest, net.connect, net.createConnection, net.Socket.prototype.connect]
  const pristine = (process.pristine ??= patched)
`

export const KINDS = `
  ${PRISTINE}
  import { afterEach, beforeEach, describe, expect, vi } from 'vitest'
  import { it, test } from 'openai-vcr/vitest'
  import { ask } from '../ask.js'
  import { tell } from '../tell.js'

  test('a test', async () => tell(await ask('test')))
  it('by its other name', async () => tell(await ask('it')))
  test('context', async ({ vcr, task }) => {
    expect(vcr.name).toBe('test/kinds/context')
    expect(task.name).toBe('context')
    tell(await ask('context'), await ask('its own fetch', vcr.fetch))
    expect(vcr.journal.length).toBe(2)
  })
  test.each(['a', 'b'])('each %s', async (x) => tell(await ask('each ' + x)))
  test.for([['a'], ['b']])('for %s', async ([x], { vcr }) => {
    tell(await ask('for ' + x))
    expect(vcr.journal.length).toBe(1)
  })
  test.skip('skipped', async () => { throw new Error('it ran') })
  test.skipIf(true)('skipped if', async () => { throw new Error('it ran') })
  test.runIf(true)('run if', async () => tell(await ask('run if')))
  test.todo('to do')
  test.fails('is to fail', async () => {
    tell(await ask('is to fail'))
    throw new Error('as it should')
  })
  test('the same', async () => tell(await ask('the first')))
  test('The same', async () => tell(await ask('the second')))
  test('named', { cassette: { name: 'by hand/named' }, timeout: 9_000 }, async ({ task }) => {
    expect(task.timeout).toBe(9_000)
    tell(await ask('named'))
  })

  const extended = test
    .extend('client', async ({ vcr }) => vcr.name + ': ' + (await ask('a value')))
    .extend('automatic', { auto: true }, async () => tell(await ask('an automatic value')))
  extended('extended', async ({ client }) => tell(client))

  describe('a suite', () => {
    beforeEach(async () => tell(await ask('before each')))
    afterEach(async () => tell(await ask('after each')))
    describe('in a suite', () => {
      test('in it', async ({ vcr }) => {
        expect(vcr.journal.length).toBe(1)
        tell(await ask('in it'))
      })
    })
  })

  let attempts = 0
  test('retried', { retry: 2 }, async () => {
    const answer = await ask('attempt ' + ++attempts)
    expect(attempts).toBe(3)
    tell(answer)
  })
  test('repeated', { repeats: 1 }, async () => { await ask('again') })
  // undici would leave the request standing for four seconds.
  test('under fake timers', { timeout: 3_000 }, async () => {
    vi.useFakeTimers({ now: new Date('2001-01-01') })
    try {
      tell(await ask('under fake timers'))
    } finally {
      vi.useRealTimers()
    }
  })
  test('the process is as it was before kinds', () => expect(patched).toEqual(pristine))
`

/** Both ask the same at the same time, and have other answers. */
export const CONCURRENT = `
  ${PRISTINE}
  import { describe, expect, test as plain } from 'vitest'
  import { test } from 'openai-vcr/vitest'
  import { tell } from '../tell.js'

  const { LIVE } = process.env
  const ask = async () => (await (await fetch(LIVE)).json()).text
  let waiting = 0
  let go
  const all = new Promise((resolve) => (go = resolve))
  const together = () => (++waiting === 3 && go(), all)

  describe.concurrent('at once', () => {
    test('one', async ({ vcr }) => {
      const first = await ask()
      await together()
      tell('one', first, await ask())
      expect(vcr.journal.length).toBe(2)
    })
    test('two', async ({ vcr }) => {
      const first = await ask()
      await together()
      tell('two', first, await ask())
      expect(vcr.journal.length).toBe(2)
    })
    plain('a test of vitest', async () => {
      await together()
      const [before, after] = [await ask(), await ask()].map((text) => Number(text))
      expect(after).toBe(before + 1)
    })
  })
  plain('the process is as it was before concurrent', () => expect(patched).toEqual(pristine))
`

/** A user's own server, which refuses what it does not know. */
export const OWN_MSW = `
  ${PRISTINE}
  import { http as mock, HttpResponse } from 'msw'
  import { setupServer } from 'msw/node'
  import { afterAll, beforeAll, expect, test as plain } from 'vitest'
  import { test } from 'openai-vcr/vitest'
  import { ask } from '../ask.js'
  import { tell } from '../tell.js'

  const server = setupServer(mock.get('https://other.example/', () => HttpResponse.text('other')))
  beforeAll(() => server.listen({ onUnhandledFrame: 'error', quiet: true }))
  afterAll(() => server.close())
  const other = async () => (await fetch('https://other.example/')).text()
  test('beside a server of msw', async ({ vcr }) => {
    tell(await other(), await ask('beside a server of msw'), await other())
    expect(vcr.journal.length).toBe(1)
  })
  plain('a test of vitest beside a server of msw', async () => tell(await other()))
  plain('the process is as it was before msw', () => expect(patched).toEqual(pristine))
`
