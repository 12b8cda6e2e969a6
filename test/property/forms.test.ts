import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contentOf, parseMultipart, type PartHead } from '../../src/cassette/bodies/multipart.ts'
import { FormError, formPieces } from '../../src/cassette/bodies/multipart-stream.ts'
import { joinBytes } from '../../src/http/bytes.ts'

const BOUNDARY = 'b0-und'

/** Pieces of forms, whole and broken: what stands for itself, and what may be taken for something else. */
const piece = fc.constantFrom(
  `--${BOUNDARY}`,
  `\r\n--${BOUNDARY}`,
  '\r\n',
  '\r\n\r\n',
  '--',
  '-',
  'Content-Disposition: form-data; name="a"; filename="é.bin"',
  'content-disposition: form-data; name=b',
  'Content-Type: text/plain',
  'X-Other: 1',
  'text',
  '\xff\x00\x80',
  `--${BOUNDARY.slice(0, 3)}`,
)

/** A form as clients write it. */
const form = fc
  .array(fc.tuple(fc.constantFrom('a', 'file[]', 'größe'), fc.array(piece, { maxLength: 4 })), {
    maxLength: 4,
  })
  .map((parts) => {
    const texts = parts.map(([name, content]) => {
      const safe = content.join('').replaceAll(BOUNDARY, 'other')
      return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${safe}\r\n`
    })
    return `${texts.join('')}--${BOUNDARY}--\r\n`
  })

const broken = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''))

async function streamed(text: string, sizes: readonly number[]): Promise<unknown> {
  const parts: unknown[] = []
  let head: PartHead | undefined
  let content: Uint8Array[] = []
  try {
    for await (const each of formPieces(inPieces(text, sizes), BOUNDARY)) {
      if (each.kind === 'head') [head, content] = [each.head, []]
      else if (each.kind === 'content') content.push(each.bytes.slice())
      else parts.push({ ...head, content: contentOf(joinBytes(content)) })
    }
    return parts
  } catch (error) {
    if (error instanceof FormError) return undefined
    throw error
  }
}

async function* inPieces(text: string, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number
    yield bytes.subarray(at, at + size)
    at += size
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

test('a form that is read in pieces has the parts of one that is read at once', async () => {
  let [read, refused] = [0, 0]
  const law = fc.asyncProperty(fc.oneof(form, broken), sizes, async (text, cut) => {
    const atOnce = parseMultipart(new Uint8Array(Buffer.from(text, 'latin1')), BOUNDARY)
    if (atOnce === undefined) refused++
    else read++
    expect(await streamed(text, cut)).toEqual(atOnce)
  })
  await fc.assert(law, { numRuns: 2000, seed: 7 })
  expect(Math.min(read, refused)).toBeGreaterThan(200)
})

test('a form is left where it ends, though more comes, and where it is none', async () => {
  for (const text of [`--${BOUNDARY}--\r\nbehind`, `--${BOUNDARY}\r\nno name\r\n\r\n`]) {
    let isLeft = false
    const source = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from(text)
        yield Buffer.from('and more')
      } finally {
        isLeft = true
      }
    }
    const read = async (): Promise<void> => {
      for await (const each of formPieces(source(), BOUNDARY)) expect(each.kind).toBeDefined()
    }
    await read().catch((error: unknown) => expect(error).toBeInstanceOf(FormError))
    expect(isLeft).toBe(true)
  }
})
