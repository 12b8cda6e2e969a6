import { createServer, type RequestListener } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { answer } from '../../src/adapters/node.ts'

const pieces = ['data: a\n\n', '', 'data: ä\n\n'].map((piece) => new TextEncoder().encode(piece))

describe('pieces that are ready at once', () => {
  it('are a chunk each, however often they are sent', async () => {
    const wire = await wireOf(
      play,
      'GET / HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    )
    const [, first, second] = wire.split(/HTTP\/1\.1 200 OK/)
    const body = '\r\n\r\n9\r\ndata: a\n\n\r\na\r\ndata: ä\n\n\r\n0\r\n\r\n'
    expect(first?.slice(first.indexOf('\r\n\r\n'))).toBe(body)
    expect(second?.slice(second.indexOf('\r\n\r\n'))).toBe(body)
  })

  it('are plain bytes for a client that knows no chunks', async () => {
    const wire = await wireOf(play, 'GET / HTTP/1.0\r\n\r\n')
    expect(wire.slice(wire.indexOf('\r\n\r\n'))).toBe('\r\n\r\ndata: a\n\ndata: ä\n\n')
  })

  it('reach what an app has put around write', async () => {
    const seen: string[] = []
    const wire = await wireOf((req, res) => {
      const write = res.write.bind(res) as (piece: Uint8Array) => boolean
      res.write = ((piece: Uint8Array) => {
        seen.push(new TextDecoder().decode(piece))
        return write(piece)
      }) as typeof res.write
      play(req, res)
    }, 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    expect(seen).toEqual(['data: a\n\n', '', 'data: ä\n\n'])
    expect(wire).toContain('\r\n\r\n9\r\ndata: a\n\n\r\na\r\ndata: ä\n\n\r\n0\r\n\r\n')
  })
})

const play: RequestListener = (req, res) => {
  const exchange = () => Promise.resolve({ status: 200, headers: [], body: pieces })
  void answer(exchange, { arrival: { order: 0, at: 0 }, req, res, target: '/' })
}

/** What a server sends, to the end of the connection. */
async function wireOf(listener: RequestListener, asked: string): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(asked)
    return await text(socket)
  } finally {
    server.close()
  }
}
