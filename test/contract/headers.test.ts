import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startServer } from '../../src/server/start.ts'
import { tempDir } from '../support/temp.ts'

const HEAD = Buffer.concat([
  Buffer.from('HTTP/1.1 200 OK\r\nX-Utf8: café ☕\r\nX-Latin1: caf', 'utf8'),
  Buffer.from([0xe9]),
  Buffer.from('\r\nX-Empty: \r\nX-Twice: 1\r\nx-twice: 2\r\nContent-Length: 2\r\n\r\n'),
])

async function rawUpstream(): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) =>
      socket.write(data.toString().startsWith('HEAD') ? HEAD : Buffer.concat([HEAD, Buffer.from('ok')])),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Header values as bytes, which is what they are. */
function headersOf(url: string, method: string): Promise<Record<string, string[]>> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, agent: false }, (res) => {
      const headers: Record<string, string[]> = {}
      for (let i = 0; i + 1 < res.rawHeaders.length; i += 2) {
        const name = (res.rawHeaders[i] as string).toLowerCase()
        if (name.startsWith('x-'))
          (headers[name] ??= []).push(Buffer.from(res.rawHeaders[i + 1] as string, 'latin1').toString('hex'))
      }
      res.resume().on('end', () => resolve(headers))
    })
    request.on('error', reject).end()
  })
}

test('the bytes of a header reach the client live and replayed, repeated and empty ones too', async () => {
  const [upstream, dir] = [await rawUpstream(), await tempDir()]
  const hex = (text: string, encoding: BufferEncoding): string => Buffer.from(text, encoding).toString('hex')
  const expected = {
    'x-utf8': [hex('café ☕', 'utf8')],
    'x-latin1': [hex('café', 'latin1')],
    'x-empty': [''],
    'x-twice': ['31', '32'],
  }
  for (const mode of ['record', 'replay'] as const) {
    const server = await startServer({ mode, dir, upstream, cassette: 'c' })
    for (const method of ['GET', 'HEAD'])
      expect(await headersOf(`${server.url}/v1/x`, method), `${mode} ${method}`).toEqual(expected)
    await server.close()
  }
})
