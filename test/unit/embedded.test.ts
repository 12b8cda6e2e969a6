import { expect, test } from 'vitest'
import { identify } from '../../src/openai/shapes.ts'

const image = (fill: string, length = 5000): string => `data:image/png;base64,${fill.repeat(length)}`
const identity = (content: unknown) =>
  identify({
    method: 'POST',
    path: '/v1/x',
    headers: [],
    body: {
      kind: 'json',
      text: JSON.stringify({ content: [{ type: 'input_image', image_url: content }, 'words'] }),
    },
  })

test('a file in base64 is compared by its hash', () => {
  const { parts, fingerprint } = identity(image('iVBO'))
  expect(JSON.stringify(parts.body)).toMatch(
    /^\{"content":\[\{"type":"input_image","image_url":"data:image\/png;base64,sha256:[0-9a-f]{64}"\},"words"\]\}$/,
  )
  expect(identity(image('iVBO')).fingerprint).toBe(fingerprint)
  expect(identity(image('iVBP')).fingerprint).not.toBe(fingerprint)
  expect(identity(image('iVBO').replace('png', 'gif')).fingerprint).not.toBe(fingerprint)
  expect(identity(`${image('iVBO').slice(0, -1)}=`).fingerprint).not.toBe(fingerprint)
})

test('short base64, long prose and long numbers stay as they are', () => {
  for (const text of [image('iVBO', 10), 'so many words '.repeat(500)]) {
    expect(JSON.stringify(identity(text).parts.body)).toContain(text)
  }
})

test('many megabytes of it do not overflow the stack', () => {
  expect(identity('A'.repeat(20_000_000)).fingerprint).toHaveLength(64)
})
