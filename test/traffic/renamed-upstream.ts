import { redactorOf } from '../support/redactor.ts'
import { RequestReader } from '../../src/engine/request/request-reader.ts'
import { openai } from '../../src/openai/dialect.ts'
import { type LocalUpstream, localUpstream, readAll } from '../support/upstream.ts'
import type { Exchange } from './exchanges.ts'
import { NOT_SENT } from './origin.ts'

/** An upstream that answers the requests of one recording after the other, and none that is not in it. */
export interface RenamedUpstream extends LocalUpstream {
  /** Begins with a recording: what it is to be asked, and what it answers. */
  expect(group: readonly Exchange[]): void
  /** By place in the recording: whether its request has come. */
  readonly came: () => readonly boolean[]
  /** What came and is in no recording. */
  readonly strange: () => readonly string[]
}

export async function renamedUpstream(): Promise<RenamedUpstream> {
  let expected: readonly Exchange[] = []
  let keys: readonly string[] = []
  let came: boolean[] = []
  let strange: string[] = []
  const upstream = await localUpstream(async (req, res) => {
    const body = await readAll(req)
    const { method = '', url: path = '', headers } = req
    const key = keyOf({ method, path, requestType: headers['content-type'], requestBody: body })
    // Equal requests get their answers in their order, and the last one for good.
    const next = keys.findIndex((each, n) => each === key && came[n] === false)
    const n = next >= 0 ? next : keys.lastIndexOf(key)
    const exchange = expected[n]
    if (exchange === undefined) {
      strange.push(`${method} ${path} ${body.toString('latin1').slice(0, 2000)}`)
      res.writeHead(400).end()
      return
    }
    came[n] = true
    res.writeHead(exchange.status, exchange.headers.filter(([name]) => !LEFT_OUT.has(name)).flat())
    res.end(exchange.status === 204 ? undefined : exchange.body)
  })
  return {
    ...upstream,
    expect: (group) => {
      expected = group
      keys = group.map(keyOf)
      came = group.map(() => false)
      strange = []
    },
    came: () => came,
    strange: () => strange,
  }
}

/** Nor is a wait that nobody is to have. */
const LEFT_OUT = new Set([...NOT_SENT, 'retry-after'])

/** What a request means: as a recording compares it. */
function keyOf(asked: Pick<Exchange, 'method' | 'path' | 'requestType' | 'requestBody'>): string {
  const reader = new RequestReader(redactorOf(), openai)
  const { method, path, requestType, requestBody } = asked
  const headers = requestType === undefined ? [] : [['content-type', requestType] as const]
  return reader.read({ method, target: path, headers, body: requestBody }).identity.fingerprint
}
