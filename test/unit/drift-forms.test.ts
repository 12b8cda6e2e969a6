import { expect, test } from 'vitest'
import { driftJson } from '../../src/drift/drift-json.ts'
import { driftMarkdown } from '../../src/drift/drift-markdown.ts'
import { driftText } from '../../src/drift/drift-text.ts'
import { asking, drift, json } from '../support/drifting.ts'

const answer = (content: string, more: object = {}): { body: ReturnType<typeof json> } => ({
  body: json({ choices: [{ message: { content }, finish_reason: 'stop' }], ...more }),
})
const ask = (text: string, content: string, more: object = {}): ReturnType<typeof asking> =>
  asking({ model: 'gpt-4o', messages: [{ role: 'user', content: text }] }, answer(content, more))

const usage = (n: number): object => ({ usage: { prompt_tokens: n, total_tokens: n + 1 } })

test('a recording without changes is one line', () => {
  const many = Array.from({ length: 14 }, (_, i) => ask(`${i}`, 'Hi'))
  expect(driftText('weather', drift(many, many))).toBe('weather: 14 interactions, no changes')
  expect(driftMarkdown([{ name: 'weather', drift: drift(many, many) }])).toBe('1 cassette unchanged.')
})

test('a text lists structural changes first, then changes in wording, with all numbers on one line', () => {
  const before = [
    ask('a', 'Hi', usage(1)),
    ask('b', 'It is sunny in Paris, with 21 degrees and a light wind.'),
  ]
  const after = [
    ask('a', 'Bye', { ...usage(2), billing: null }),
    ask('b', 'It is sunny in Paris, with 23 degrees and a storm from the west.'),
  ]
  expect(driftText('weather', drift(before, after))).toBe(
    `weather: 1 of 2 interactions changed in structure, 1 in wording only
  1. POST /v1/chat/completions (gpt-4o, "a")
     structure  added: $.billing (null)
     wording    $.choices[].message.content: "Hi" → "Bye"
                amounts: $.usage.prompt_tokens 1 → 2, $.usage.total_tokens 2 → 3
  2. POST /v1/chat/completions (gpt-4o, "b")
     wording    $.choices[].message.content
                  - "It is sunny in Paris, with 21 degrees and a light wind."
                  + "It is sunny in Paris, with 23 degrees and a storm from the west."`,
  )
})

test('there are colours only where they are wanted', () => {
  const [a, b] = [[ask('a', 'Hi')], [ask('a', 'Bye')]]
  expect(driftText('x', drift(a, b))).not.toContain('\u001B')
  expect(driftText('x', drift(a, b), true)).toContain('\u001B[33mwording    \u001B[0m')
})

test('what would steer a terminal is shown, not obeyed', () => {
  const text = driftText('x', drift([ask('\u001B[2J', 'a\u009B2J')], [ask('\u001B[2J', 'b\u202Eb\u009B2J')]))
  expect(text).toContain('\\u001b[2J')
  expect(text).toContain('"a\\u009b2J" → "b\\u202eb\\u009b2J"')
})

test('very many changes of one interaction are cut, and counted', () => {
  const fields = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}`, i]))
  const found = drift([ask('a', 'Hi')], [ask('a', 'Hi', fields)])
  expect(driftText('x', found).split('\n')).toHaveLength(23)
  expect(driftText('x', found)).toContain('and 30 more')
  expect(driftMarkdown([{ name: 'x', drift: found }])).toContain('- and 10 more')
})

test('Markdown lists structural changes first, and folds away changes in wording', () => {
  const long = 'It is sunny in Paris, with 21 degrees and a light wind.'
  const named = [
    { name: 'same', drift: drift([ask('a', 'Hi')], [ask('a', 'Hi')]) },
    { name: 'words', drift: drift([ask('a', 'Hi')], [ask('a', 'Bye')]) },
    { name: 'kind', drift: drift([ask('a', 'Hi')], [ask('a', long, { billing: null })]) },
  ]
  expect(driftMarkdown(named)).toBe(
    `### \`kind\`: 1 of 1 interaction changed in structure

\`1. POST /v1/chat/completions (gpt-4o, "a")\`

- \`added: $.billing (null)\`

<details><summary>1 change in wording</summary>

- \`$.choices[].message.content\`

  \`\`\`diff
  - "Hi"
  + "It is sunny in Paris, with 21 degrees and a light wind."
  \`\`\`

</details>

### \`words\`: 1 of 1 interaction changed in wording only

\`1. POST /v1/chat/completions (gpt-4o, "a")\`

<details><summary>1 change in wording</summary>

- \`$.choices[].message.content: "Hi" → "Bye"\`

</details>

1 cassette unchanged.`,
  )
})

test('values are no Markdown and no HTML, whatever they hold', () => {
  const evil = '``` </details> `` @everyone #1 <img src=x>\n# Title'
  const found = drift([ask(evil, 'Hi')], [ask(evil, `${evil} ${evil}`)])
  const markdown = driftMarkdown([{ name: '`x`', drift: found }])
  expect(markdown).toContain('### `` `x` ``: ')
  expect(markdown).toContain('  ````diff\n')
  // Outside of spans and fences nothing of it is left.
  const plain = markdown
    .replaceAll(/^ {2}(`{3,})diff\n[^]*?\n {2}\1$/gm, '')
    .replaceAll(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '')
  expect(plain).not.toMatch(/@everyone|<img|# Title/)
  expect(plain.match(/<\/details>/g)).toHaveLength(1)
})

test('Markdown stays within its length, and counts what it leaves out', () => {
  const before = Array.from({ length: 200 }, (_, i) => ask(`${i}`, 'Hi'))
  const after = Array.from({ length: 200 }, (_, i) => ask(`${i}`, 'Bye'))
  const markdown = driftMarkdown([{ name: 'x', drift: drift(before, after) }], 5000)
  expect(markdown.length).toBeLessThanOrEqual(5000)
  const shown = markdown.match(/<details>/g)?.length ?? 0
  expect(shown).toBeGreaterThan(10)
  expect(markdown).toMatch(new RegExp(`\\n\\n${200 - shown} more changed interactions are not shown\\.$`))
})

test('JSON has all changes, with values that are not too long', () => {
  const text = 'word '.repeat(1000)
  const large = ask('a', `${text}!`, { n: 'N' })
  const { body } = large.response
  if (body.kind !== 'json') throw new Error('no JSON')
  const exact = { ...body, text: body.text.replace('"N"', '12345678901234567890') }
  const after = { ...large, response: { ...large.response, body: exact } }
  const named = [{ name: 'x', drift: drift([ask('a', text)], [after]) }]
  const parsed = JSON.parse(driftJson(named)) as unknown
  expect(parsed).toMatchObject({
    changed: 'kind',
    cassettes: [
      {
        name: 'x',
        unchanged: 0,
        interactions: [
          {
            before: 0,
            after: 0,
            path: '/v1/chat/completions',
            kind: [
              {
                in: 'response',
                what: 'came',
                about: 'json',
                place: '$.n',
                after: '12345678901234567890',
                times: 1,
              },
            ],
            words: [
              {
                what: 'value',
                before: expect.stringMatching(/^….{50,90}"$/),
                after: expect.stringMatching(/!"$/),
              },
            ],
          },
        ],
      },
    ],
  })
})
