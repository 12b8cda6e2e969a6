import fc from 'fast-check'
import { encodeText } from '../../src/http/bytes.ts'
import type { StreamEvent } from '../../src/cassette/cassette.ts'
import { INLINE_BYTES } from '../../src/cassette/notation/text.ts'

/** Few pieces, all of them awkward somewhere: for YAML, for JSON, for SSE or for HTTP. */
const PIECES = [
  'a',
  'b',
  '0',
  ' ',
  '  ',
  '\t',
  '\n',
  '\n\n',
  '\r',
  '\r\n',
  '\u2028',
  '\u2029',
  '\u0085',
  '\u00a0',
  '\u007f',
  '\u001b',
  '\uFEFF',
  'é',
  '😀',
  '"',
  "'",
  '\\',
  '\\n',
  '\\u0041',
  '#',
  ' #',
  ':',
  ': ',
  '-',
  '- ',
  '...',
  '---',
  '|',
  '>',
  '{',
  '}',
  '[',
  ']',
  ',',
  '%',
  '%41',
  '&',
  '*',
  '!',
  '@',
  '`',
  '?',
  '=',
  '<<<<<<<',
  'data: ',
  'data:',
  'event: x',
  'id: 1',
  ': c',
  'null',
  'true',
  '~',
  'version: 9',
] as const

/** Text that UTF-8 bytes can be, without NUL: with that, bytes count as binary. */
export const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => pieces.join(''))
export const someText = text.filter((each) => each !== '')
const headerValue = text.map((each) =>
  each.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '').replaceAll(/^[ \t]+|[ \t]+$/g, ''),
)

export const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 6 }),
  text.map((each) => new Uint8Array([0, ...encodeText(each)])),
)
const largeBytes = fc
  .uint8Array({ minLength: 1, maxLength: 3 })
  .map((some) => new Uint8Array(INLINE_BYTES + 1).fill(255).map((_, i) => some[i] ?? 255))

const scalarToken = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    'false',
    '0',
    '-0',
    '1',
    '1.0',
    '1e-05',
    '1E400',
    '12345678901234567890',
    '12345678901234567891',
    '9007199254740993',
    '-0.0',
  ),
  text.map((each) => JSON.stringify(each)),
  fc.constantFrom(
    String.raw`"\u0041"`,
    String.raw`"\ud800"`,
    String.raw`"\/"`,
    String.raw`"\\"`,
    String.raw`"\\\""`,
    '""',
  ),
)
const space = fc.constantFrom('', '', '', ' ', '\n', '\r\n\t')

/** JSON as text: with white space, escapes and numbers that parse and print would change. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(space, scalarToken, space).map((each) => each.join('')),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc.tuple(space, space).map(([a, b]) => `{${a}}${b}`),
    fc
      .uniqueArray(fc.tuple(space, text, space, tie('value')), { maxLength: 4, selector: ([, key]) => key })
      .map(
        (members) =>
          `{${members.map(([a, key, b, value]) => `${a}${JSON.stringify(key)}${b}:${value}`).join(',')}}`,
      ),
  ),
})).value

export const headers = fc.array(
  fc.tuple(fc.constantFrom('x-a', 'x-b', 'content-type', 'x_y.z'), headerValue),
  { maxLength: 4 },
)

const eol = fc.constantFrom('\n', '\r\n', '\r')
const line = text.map((each) => each.replaceAll(/[\r\n]/g, ''))
/** One event with its closing blank line, as plain or as odd as the wire may bring it. */
const rawEvent = fc.oneof(
  fc.tuple(jsonText, eol).map(([json, end]) => `data: ${json.replaceAll(/[\r\n]/g, '')}${end}${end}`),
  fc
    .tuple(fc.constantFrom('x', 'response.done', 'a b', '1'), line, eol)
    .map(([name, data, end]) => `event: ${name}${end}data: ${data}${end}${end}`),
  fc
    .tuple(
      fc.constantFrom('', '\uFEFF'),
      fc.array(
        fc.constantFrom(
          'data: a',
          'data:a',
          'data',
          ': c',
          ':',
          'id: 1',
          'event: x',
          'retry: 5',
          'data: [DONE]',
        ),
        { minLength: 1, maxLength: 4 },
      ),
      eol,
    )
    .map(([bom, lines, end]) => `${bom}${lines.join(end)}${end}${end}`),
)

export const events: fc.Arbitrary<StreamEvent[]> = fc.array(
  fc.record({ offset: fc.nat(2000), raw: fc.oneof(rawEvent, someText) }),
  { maxLength: 5 },
)
/** A whole stream as text: events, then perhaps a tail that was cut. */
export const stream = fc
  .tuple(fc.array(rawEvent, { maxLength: 5 }), fc.oneof(fc.constant(''), text))
  .map(([all, tail]) => all.join('') + tail)

/** What a response's own bytes may be, too long for the cassette's file included. */
export const bodyBytes = fc.oneof(jsonText.map(encodeText), text.map(encodeText), bytes, largeBytes)
