import { expect, test } from 'vitest'
import { encodeText } from '../../src/http/bytes.ts'
import { formPieces } from '../../src/cassette/bodies/multipart-stream.ts'

test('a form that is read in pieces lets go of where it is read from, whatever is behind its last boundary', async () => {
  let isLeft = false
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield encodeText('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--')
      yield encodeText('\r\n')
    } finally {
      isLeft = true
    }
  }
  const kinds: string[] = []
  for await (const { kind } of formPieces(source(), 'b')) kinds.push(kind)
  expect(kinds).toEqual(['head', 'content', 'end'])
  expect(isLeft).toBe(true)
})
