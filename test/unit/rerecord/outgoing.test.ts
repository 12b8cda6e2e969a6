import { expect, test } from 'vitest'
import type { FormPart, RecordedRequest } from '../../../src/cassette/cassette.ts'
import { headerValue, type Headers } from '../../../src/http/message.ts'
import { multipartBoundary, parseMultipart } from '../../../src/cassette/bodies/multipart.ts'
import { outgoing } from '../../../src/rerecord/outgoing.ts'

const FILES = {
  readBlob: async () => Uint8Array.of(0, 13, 10, 45, 45, 255),
  openBlob: () => Promise.reject(new Error('none is that large')),
}

function sent(body: RecordedRequest['body'], headers: Headers = []) {
  return outgoing({ method: 'POST', path: '/v1/x', headers, body }, FILES, {
    origin: 'https://api.openai.com',
  })
}

test('a form is read again as the parts that it was, names with quotes and line ends in contents too', async () => {
  const parts: FormPart[] = [
    { name: 'a "name" with \\', content: { kind: 'text', text: 'two\r\nlines\r\n' } },
    { name: 'file', filename: 'ü "quoted".txt', type: 'text/plain', content: { kind: 'text', text: '--' } },
    { name: 'none', content: { kind: 'empty' } },
    { name: 'bytes', filename: 'x', content: { kind: 'binary', bytes: Uint8Array.of(255, 13, 10) } },
    { name: 'blob', filename: 'y', content: { kind: 'blob', sha256: 'x', size: 6 } },
  ]
  const { headers, body } = await sent({ kind: 'multipart', parts })
  const boundary = multipartBoundary(headerValue(headers, 'content-type')) ?? ''
  const read = parseMultipart(body as Uint8Array, boundary)
  const blob = { kind: 'binary', bytes: await FILES.readBlob() }
  expect(read).toEqual([...parts.slice(0, 4), { ...parts[4], content: blob }])
  const again = await sent({ kind: 'multipart', parts })
  expect(headerValue(again.headers, 'content-type')).not.toContain(boundary)
})

test('JSON is sent without the white space of the file, and its numbers as they are', async () => {
  const { headers, body } = await sent({
    kind: 'json',
    text: '{\n  "n": 1.0,\n  "big": 12345678901234567890\n}',
  })
  expect(Buffer.from(body as Uint8Array).toString()).toBe('{"n":1.0,"big":12345678901234567890}')
  expect(headerValue(headers, 'content-type')).toBe('application/json')
})

test('a type that was recorded is sent, and what was kept to tell a WebSocket by is not', async () => {
  const { headers } = await sent({ kind: 'text', text: 'v=0' }, [
    ['upgrade', 'websocket'],
    ['content-type', 'application/sdp'],
    ['openai-beta', 'assistants=v2'],
  ])
  expect(headerValue(headers, 'content-type')).toBe('application/sdp')
  expect(headerValue(headers, 'openai-beta')).toBe('assistants=v2')
  expect(headerValue(headers, 'upgrade')).toBeUndefined()
})
