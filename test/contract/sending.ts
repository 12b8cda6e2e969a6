import http from 'node:http'
import https from 'node:https'
import { readAll } from '../support/upstream.ts'
import type { Subject } from './adapter.ts'

export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

export interface Got {
  readonly status: number
  /** Pairs in wire order, names in lower case, values with a character for each byte. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

/** Asks by node:http, which sends what fetch cannot and hides nothing; by fetch where nothing else can ask. */
export function send(subject: Subject, path: string, sent: Sent = {}): Promise<Got> {
  return subject.base === undefined ? fetched(subject, path, sent) : requested(subject.base, path, sent)
}

async function fetched(subject: Subject, path: string, { body, ...rest }: Sent): Promise<Got> {
  const response = await subject.fetch(path, {
    ...rest,
    ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> }),
  })
  return {
    status: response.status,
    headers: [...response.headers],
    body: Buffer.from(await response.arrayBuffer()),
  }
}

function requested(base: string, path: string, { body, ...rest }: Sent): Promise<Got> {
  const url = new URL(base)
  const options = {
    ...rest,
    host: url.hostname,
    port: url.port,
    // As it is: a URL would be spelt anew.
    path: url.pathname.replace(/\/$/, '') + path,
    agent: false,
  }
  return new Promise((resolve, reject) => {
    const asked = (url.protocol === 'https:' ? https : http).request(options, (res) => {
      const headers: [string, string][] = []
      for (let i = 0; i + 1 < res.rawHeaders.length; i += 2)
        headers.push([(res.rawHeaders[i] as string).toLowerCase(), res.rawHeaders[i + 1] as string])
      readAll(res).then((bytes) => resolve({ status: res.statusCode ?? 0, headers, body: bytes }), reject)
    })
    asked.on('error', reject).end(body)
  })
}

/** Asks with `Expect: 100-continue`, and sends the body only when it is told to. */
export async function sendWhenTold({ base }: Subject, path: string, body: string): Promise<Buffer> {
  if (base === undefined) throw new Error('fetch cannot expect')
  const headers = { 'content-type': 'application/json', expect: '100-continue' }
  return new Promise((resolve, reject) => {
    const client = base.startsWith('https:') ? https : http
    const asked = client.request(base + path, { method: 'POST', headers, agent: false, timeout: 2000 })
    asked.on('continue', () => asked.end(body))
    asked.on('response', (res) => void readAll(res).then(resolve, reject))
    asked.on('timeout', () => asked.destroy(new Error('nobody said to go on')))
    asked.on('error', reject)
    asked.flushHeaders()
  })
}
