// The yardstick, a process of its own: node:http and nothing else, answers ready in memory.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chat, type Exchange, stream } from './exchanges.ts'

/** `/stream` sends a chunk an event, as the API does; `/whole` the same bytes in a single write. */
const answers = new Map([
  ['/chat', ready(chat)],
  ['/stream', ready(stream)],
  ['/whole', ready({ ...stream, pieces: [stream.pieces.join('')] })],
])

const server = createServer((req, res) => {
  const answer = answers.get(/^\/\w+/.exec(req.url ?? '')?.[0] ?? '')
  req.resume()
  req.once('end', () => {
    if (answer === undefined) return res.writeHead(404).end()
    const [first, ...others] = answer.pieces
    res.writeHead(answer.status, answer.headers)
    if (others.length === 0) return res.end(first)
    for (const piece of answer.pieces) res.write(piece)
    return res.end()
  })
})

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})

function ready({ status, headers, pieces }: Exchange): {
  status: number
  headers: string[]
  pieces: Buffer[]
} {
  const bytes = pieces.map((piece) => Buffer.from(piece))
  const isStream = headers.some(([, value]) => value.startsWith('text/event-stream'))
  const length = isStream ? [] : ['content-length', String(bytes[0]?.length)]
  return { status, headers: [...headers.flat(), ...length], pieces: bytes }
}
