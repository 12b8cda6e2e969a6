import net, { type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { tempDir } from '../../support/temp.ts'
import type { Adapter } from '../adapter.ts'
import { testAbility } from '../limits.ts'
import { type Got, send } from '../sending.ts'
import { opening } from '../talking.ts'

/** An upstream that speaks for itself: node:http would have opinions of its own about a head. */
async function rawUpstream(head: Buffer): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) =>
      socket.write(data.toString().startsWith('HEAD') ? head : Buffer.concat([head, Buffer.from('ok')])),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const head = (...lines: readonly string[]): Buffer =>
  Buffer.from(['HTTP/1.1 200 OK', ...lines, 'Content-Length: 2', '', ''].join('\r\n'), 'latin1')

const utf8 = Buffer.from('café ☕').toString('latin1')

export function headerCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  /** What a client gets live and replayed, by GET and by HEAD: of each what `pick` takes. */
  const answers = async <T>(lines: readonly string[], pick: (got: Got) => T): Promise<T[]> => {
    const [upstream, dir] = [await rawUpstream(head(...lines)), await tempDir()]
    const picked: T[] = []
    for (const mode of ['record', 'replay'] as const) {
      const subject = await (mode === 'record' ? record(dir, upstream) : replay(dir))
      for (const method of ['GET', 'HEAD']) picked.push(pick(await send(subject, '/v1/x', { method })))
      await subject.close()
    }
    return picked
  }

  test(`${adapter.name}: the bytes of a header reach the client live and replayed, empty ones too`, async () => {
    const lines = [`X-Utf8: ${utf8}`, 'X-Latin1: caf\u00e9', 'X-Empty: ', 'X-Spaces: a  b']
    const expected = { 'x-utf8': utf8, 'x-latin1': 'caf\u00e9', 'x-empty': '', 'x-spaces': 'a  b' }
    for (const headers of await answers(lines, (got) => Object.fromEntries(got.headers)))
      expect(headers).toMatchObject(expected)
  })

  test(`${adapter.name}: a repeated header is there with all its values, cookies each by itself`, async () => {
    const lines = ['X-Twice: 1', 'x-twice: 2', 'Set-Cookie: a=1; Path=/', 'Set-Cookie: b=2']
    const values = (got: Got, name: string): string[] =>
      got.headers.filter(([each]) => each === name).map(([, value]) => value)
    const found = await answers(lines, (got) => [
      values(got, 'x-twice').join(', '),
      values(got, 'set-cookie').length,
    ])
    expect(found.slice(0, 2)).toEqual([
      ['1, 2', 2],
      ['1, 2', 2],
    ])
    for (const [twice] of found.slice(2)) expect(twice).toBe('1, 2')
  })

  testAbility(adapter, 'repeated-header-lines', async () => {
    const lines = ['X-Twice: 1', 'x-twice: 2']
    const own = (got: Got): string[] =>
      got.headers.filter(([name]) => name === 'x-twice').map((pair) => pair.join(': '))
    for (const found of await answers(lines, own)) expect(found).toEqual(['x-twice: 1', 'x-twice: 2'])
  })
}
