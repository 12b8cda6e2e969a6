import { createServer, type RequestListener } from 'node:http'
import { onTestFinished } from 'vitest'
import { cutOff, listenHere } from './listen.ts'

export interface LocalUpstream {
  readonly url: string
  /** How many requests it has got. */
  readonly asked: () => number
  close(): Promise<void>
}

/** An upstream on 127.0.0.1 that answers as the test says. It is gone when the test is, at the latest. */
export async function localUpstream(listener: RequestListener): Promise<LocalUpstream> {
  let asked = 0
  const server = createServer((req, res) => {
    asked++
    listener(req, res)
  })
  const url = await listenHere(server)
  const close = (): Promise<void> => cutOff(server)
  onTestFinished(close)
  return { url, asked: () => asked, close }
}

export async function readAll(req: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const packets: Uint8Array[] = []
  for await (const packet of req) packets.push(packet)
  return Buffer.concat(packets)
}
