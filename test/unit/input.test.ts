import { expect, test } from 'vitest'
import { byKey, object, record } from '../../src/json/input/object.ts'
import { jsonAt, optionsFrom } from '../../src/json/input/place.ts'
import {
  BOOLEAN,
  func,
  list,
  literal,
  number,
  oneOf,
  optional,
  type Shape,
  someString,
  string,
  wholeNumber,
} from '../../src/json/input/shape.ts'
import { UsageError } from '../../src/messages/errors.ts'

interface Tape {
  readonly name: string
  readonly speed?: number
  readonly loud?: boolean
  readonly tags?: readonly ('new' | 'old')[]
  readonly play?: () => void
  readonly owners?: Readonly<Record<string, number>>
}

const TAPE = object<Tape>("an object, such as { name: 'weather' }", {
  name: someString("a name, such as 'weather'"),
  speed: optional(number('a number over 0, such as 2', { over: 0 })),
  loud: optional(BOOLEAN),
  tags: optional(list(oneOf(['new', 'old']), "a list of tags, such as ['new']", { from: 1 })),
  play: optional(func('a function, such as () => {}')),
  owners: optional(record(wholeNumber({ from: 0 }, 1), 'an object, such as { me: 1 }')),
})

function refusal<T>(shape: Shape<T>, value: unknown, from = ''): string {
  try {
    shape.read(
      value,
      optionsFrom(from, (message) => message.replaceAll('hunter2', '***')),
    )
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as Error).message
  }
  return 'nothing'
}

test('what is as it should be comes back as it is', () => {
  const play = (): void => {}
  const tape = { name: 'a', speed: 0.5, loud: false, tags: ['old'], play, owners: { me: 0 } }
  expect(refusal(TAPE, tape)).toBe('nothing')
  expect(
    TAPE.read(
      { ...tape, loud: undefined },
      optionsFrom('', (message) => message),
    ),
  ).toEqual({ name: 'a', speed: 0.5, tags: ['old'], play, owners: { me: 0 } })
})

test.for([
  ['a', "options: expected an object, such as { name: 'weather' }, found 'a'"],
  [null, "options: expected an object, such as { name: 'weather' }, found null"],
  [['a'], "options: expected an object, such as { name: 'weather' }, found a list"],
  [/a/, "options: expected an object, such as { name: 'weather' }, found a RegExp"],
  [{}, "option `name`: expected a name, such as 'weather', found nothing"],
  [{ name: '' }, "option `name`: expected a name, such as 'weather', found ''"],
  [{ name: 5 }, "option `name`: expected a name, such as 'weather', found 5"],
  [{ name: 'a', sped: 1 }, 'unknown option `sped`; did you mean `speed`?'],
  [
    { name: 'a', chasette: 1 },
    'unknown option `chasette`; expected one of `name`, `speed`, `loud`, `tags`, `play`, `owners`',
  ],
  [{ name: 'a', speed: 0 }, 'option `speed`: expected a number over 0, such as 2, found 0'],
  [{ name: 'a', speed: Number.NaN }, 'option `speed`: expected a number over 0, such as 2, found NaN'],
  [{ name: 'a', speed: '2' }, "option `speed`: expected a number over 0, such as 2, found '2'"],
  [{ name: 'a', loud: 'no' }, "option `loud`: expected true or false, found 'no'"],
  [{ name: 'a', tags: 'new' }, "option `tags`: expected a list of tags, such as ['new'], found 'new'"],
  [{ name: 'a', tags: [] }, "option `tags`: expected a list of tags, such as ['new'], found an empty list"],
  [
    { name: 'a', tags: ['new', 'odl'] },
    "option `tags[1]`: expected 'new' or 'old', found 'odl'; did you mean 'old'?",
  ],
  [{ name: 'a', tags: [{}] }, "option `tags[0]`: expected 'new' or 'old', found an empty object"],
  [
    { name: 'a', play: { b: 1, c: 2, d: 3, e: 4 } },
    'option `play`: expected a function, such as () => {}, found an object with `b`, `c`, `d` and more',
  ],
  [
    { name: 'a', owners: { 'x y': -1 } },
    "option `owners['x y']`: expected a whole number from 0, such as 1, found -1",
  ],
  [
    { name: 'a', owners: new URL('https://a') },
    'option `owners`: expected an object, such as { me: 1 }, found a URL',
  ],
] as const)('%j is refused with its place, what is expected and what was found', ([value, message]) => {
  expect(refusal(TAPE, value)).toBe(message)
})

test('a message names the file, the flag or the variable, where it is none of a call', () => {
  expect(refusal(TAPE, [], 'tape.json')).toBe(
    "tape.json: expected an object, such as { name: 'weather' }, found an empty list",
  )
  expect(refusal(TAPE, { name: 1 }, 'tape.json')).toMatch(/^tape\.json: option `name`: expected/)
  expect(refusal(oneOf(['replay', 'record']), 'recrod', '--mode')).toBe(
    "--mode: expected 'replay' or 'record', found 'recrod'; did you mean 'record'?",
  )
})

test('no secret is repeated, not in a value nor in a name, and a long value is cut', () => {
  expect(refusal(BOOLEAN, 'hunter2', '--x')).toBe("--x: expected true or false, found '***'")
  expect(refusal(TAPE, { hunter2: 1 })).toMatch(/^unknown option `\*\*\*`/)
  expect(refusal(BOOLEAN, { hunter2: 1 })).toContain('`***`')
  expect(refusal(BOOLEAN, 'x'.repeat(61))).toContain(`'${'x'.repeat(60)}…'`)
  expect(refusal(BOOLEAN, 'a\n\u001B[31mb"')).toContain(String.raw`'a\n\u001b[31mb"'`)
})

test('of an object by its key exactly one may be there, with what belongs to it', () => {
  const body = byKey<{ text: string } | { blob: string; size: number }>('a body', {
    text: object<{ text: string }>('a body', { text: string() }),
    blob: object<{ blob: string; size: number }>('a body', {
      blob: string(),
      size: wholeNumber({ from: 0 }, 1),
    }),
  })
  expect(refusal(body, { text: 'a' })).toBe('nothing')
  expect(refusal(body, { blob: 'a', size: 1 })).toBe('nothing')
  expect(refusal(body, {}, 'f')).toBe('f: expected exactly one of `text`, `blob`, found none')
  expect(refusal(body, { text: 'a', blob: 'b' }, 'f')).toBe(
    'f: expected exactly one of `text`, `blob`, found `text` and `blob`',
  )
  expect(refusal(body, { blob: 'a' }, 'f')).toBe(
    'f: option `size`: expected a whole number from 0, such as 1, found nothing',
  )
  expect(refusal(body, { txet: 'a' }, 'f')).toBe('f: unknown option `txet`; did you mean `text`?')
})

test('one name too many is told of the only one that there is', () => {
  expect(refusal(object<{ a: true }>('an object', { a: literal(true) }), { bcdefgh: 1 })).toBe(
    'unknown option `bcdefgh`; the only one is `a`',
  )
})

test('text that is no JSON is refused, and says why', () => {
  const place = optionsFrom('f.json', (message) => message)
  expect(jsonAt('{"a":1}', place)).toEqual({ a: 1 })
  expect(() => jsonAt('{', place)).toThrow(/^f\.json: not valid JSON: /)
})
