import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { noise } from './large-body.ts'

/** An upstream that takes files, and gives one of so many MB. */
export async function startFileUpstream(
  megabytes: number,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((req, res) => {
    if (req.method === 'GET') {
      res.writeHead(200, { 'content-type': 'application/octet-stream' })
      Readable.from(noise(megabytes)).pipe(res)
    } else {
      void takeFile(req, res)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

async function takeFile(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const hash = await hashOfFile(req)
  const body = JSON.stringify({ id: `file-${hash.slice(0, 24)}`, object: 'file' })
  res.writeHead(200, { 'content-type': 'application/json' }).end(body)
}

/** Of the form's last part, the file. */
async function hashOfFile(req: IncomingMessage): Promise<string> {
  const boundary = /boundary=(\S+)/.exec(req.headers['content-type'] ?? '')?.[1] ?? ''
  const end = Buffer.from(`\r\n--${boundary}--\r\n`)
  const hash = createHash('sha256')
  let held = Buffer.alloc(0)
  let inFile = false
  for await (const packet of req as AsyncIterable<Buffer>) {
    held = Buffer.concat([held, packet])
    if (!inFile) {
      const head = held.indexOf('filename=')
      const start = head < 0 ? -1 : held.indexOf('\r\n\r\n', head)
      if (start < 0) continue
      held = held.subarray(start + 4)
      inFile = true
    }
    const settled = Math.max(0, held.length - end.length)
    hash.update(held.subarray(0, settled))
    held = held.subarray(settled)
  }
  return hash.update(held.subarray(0, held.indexOf(end))).digest('hex')
}
