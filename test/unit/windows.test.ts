import { expect, test } from 'vitest'
import { redactorOf } from '../support/redactor.ts'
import { LONG } from '../support/long.ts'

const KNOWN = 'a password\nof two lines'
const SHAPED = 'sk-proj-4hT9wZkQ2mXc7VbN1pLr8sDf'
const WINDOW = 256 * 1024
const REACH = 16 * 1024

function cleaned(text: string, size: number): { text: string; leaks: boolean } {
  const windows = redactorOf(
    [KNOWN],
    [
      { match: /cust_\d{8}/, as: 'cust' },
      { match: /Kundin Müller-ß\d+/i, as: 'Kundin' },
    ],
  ).windows()
  const bytes = Buffer.from(text)
  const out: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size)
    for (const clean of windows.push(bytes.subarray(at, at + size))) out.push(Buffer.from(clean))
  for (const clean of windows.end()) out.push(Buffer.from(clean))
  return { text: Buffer.concat(out).toString(), leaks: windows.leaks }
}

/** What windows may meet in: lines, words, and a run without an end. */
const FILLERS = { lines: `${'é'.repeat(30)}\n`, words: 'so it goes on and on. ', 'a run': 'Ab0+' }

for (const [name, filler] of Object.entries(FILLERS)) {
  test(`a secret is found wherever it stands in ${name}, and nothing else is touched`, () => {
    const long = filler.repeat(Math.ceil((2.2 * WINDOW) / filler.length))
    const after = filler.repeat(5000)
    for (const [secret, as] of [
      [KNOWN, 'secret-redacted'],
      [` ${SHAPED} `, ' sk-redacted '],
      ['cust_12345678', 'cust'],
      ['Kundin Müller-ß4711', 'Kundin'],
    ] as const) {
      for (let around = -40; around <= 8; around += LONG ? 8 : 16) {
        for (const meeting of [WINDOW, WINDOW - REACH, WINDOW - 2 * REACH, 2 * WINDOW - REACH]) {
          const before = long.slice(0, meeting + around)
          const { text, leaks } = cleaned(before + secret + after, 100_000)
          expect(text === before + as + after, `${secret} behind ${before.length}`).toBe(true)
          expect(leaks).toBe(false)
        }
      }
    }
  })
}

test('in whatever pieces it comes, what comes out is the same', () => {
  const text = `${'line of text\n'.repeat(50_000)}${SHAPED}\n${'x'.repeat(WINDOW)}`
  const whole = cleaned(text, text.length)
  expect(whole.text).toContain('\nsk-redacted\n')
  for (const size of [997, 65_536, WINDOW, WINDOW + 1]) expect(cleaned(text, size)).toEqual(whole)
})

test('a secret in base64 is told of, as it cannot be taken out', () => {
  const hidden = Buffer.from(`the key is ${SHAPED}`).toString('base64')
  expect(cleaned(`${'x '.repeat(WINDOW)}${hidden} `, 50_000).leaks).toBe(true)
})

test('a secret in base64 is told of wherever it stands in a run without an end', () => {
  const hidden = Buffer.from(`the key is ${SHAPED}`).toString('base64')
  for (let around = -48; around <= 4; around += 4) {
    const run = 'Ab0+'.repeat((WINDOW - REACH + around) / 4)
    expect(cleaned(`${run}${hidden}${run}`, 50_000).leaks, `${run.length}`).toBe(true)
  }
})
