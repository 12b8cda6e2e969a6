import type { ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Answer } from './answer.ts'
import type { Asked } from './asked.ts'
import type { ApiError } from './errors.ts'
import { apiHeaders } from './headers.ts'

type Pairs = readonly (readonly [string, string])[]

/** Bodies smaller than this are not worth compressing. */
const GZIP_FROM = 1024

/** Between two events or packets, in ms: so that they do not arrive as one. */
const BEAT = 2

export async function send(res: ServerResponse, asked: Asked, answer: Answer): Promise<void> {
  switch (answer.kind) {
    case 'json':
      return sendText(
        res,
        asked,
        200,
        [...apiHeaders(asked, 'application/json'), ...(answer.headers ?? [])],
        answer.text,
      )
    case 'events':
      open(res, 200, apiHeaders(asked, 'text/event-stream; charset=utf-8'))
      return drip(res, answer.events)
    case 'bytes':
      open(res, 200, [...apiHeaders(asked, answer.type), ...(answer.headers ?? [])])
      return drip(res, packets(answer.bytes))
  }
}

export function sendError(res: ServerResponse, asked: Asked, { status, body, headers }: ApiError): void {
  // The gateway, which refuses keys and floods, prints otherwise than the API behind it.
  const gateway = status === 401 || status === 429
  const type = gateway ? 'application/json; charset=utf-8' : 'application/json'
  const text = JSON.stringify(body, null, gateway ? 4 : 2)
  sendText(res, asked, status, [...apiHeaders(asked, type), ...headers], `${text}\n`)
}

function sendText(res: ServerResponse, asked: Asked, status: number, headers: Pairs, text: string): void {
  const bytes = Buffer.from(text)
  const coded = bytes.length > GZIP_FROM && /\bgzip\b/.test(String(asked.headers['accept-encoding'] ?? ''))
  open(
    res,
    status,
    coded
      ? [...headers, ['Content-Encoding', 'gzip']]
      : [...headers, ['Content-Length', String(bytes.length)]],
  )
  res.end(coded ? gzipSync(bytes) : bytes)
}

function open(res: ServerResponse, status: number, headers: Pairs): void {
  res.writeHead(status, headers.flat())
}

async function drip(res: ServerResponse, parts: readonly (string | Uint8Array)[]): Promise<void> {
  for (const part of parts) {
    if (res.destroyed) return
    res.write(part)
    await pause(BEAT)
  }
  res.end()
}

function packets(bytes: Uint8Array): Uint8Array[] {
  const size = 1500
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  )
}
