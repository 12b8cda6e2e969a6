import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { CassetteOptions } from '../../src/index.ts'
import type { Adapter, Subject } from './adapter.ts'

export const STREAM = { 'content-type': 'text/event-stream; charset=utf-8' }

export const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

export interface Opening {
  record(dir: string, upstream: string, more?: CassetteOptions): Promise<Subject>
  replay(dir: string, more?: CassetteOptions): Promise<Subject>
}

/** The cassette `c` behind an adapter, in the two modes that most cases are about. */
export function opening(adapter: Adapter): Opening {
  return {
    record: (dir, upstream, more = {}) => adapter.open('c', { mode: 'record', dir, upstream, ...more }),
    replay: (dir, more = {}) => adapter.open('c', { mode: 'replay', dir, repeat: 'error', ...more }),
  }
}

export function file(dir: string): Promise<string> {
  return readFile(path.join(dir, 'c.yaml'), 'utf8')
}

/** Something that a test opens by hand, so that order is certain and nobody sleeps. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

/** The next bytes that are not none. */
export async function readEvent(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  for (;;) {
    const { done, value } = await reader.read()
    if (done) throw new Error('the stream ended before its time')
    if (value.length > 0) return Buffer.from(value).toString()
  }
}

export async function readUntilBroken(response: Response): Promise<{ text: string; broken: boolean }> {
  let text = ''
  try {
    for await (const packet of response.body as ReadableStream<Uint8Array>)
      text += Buffer.from(packet).toString()
    return { text, broken: false }
  } catch {
    return { text, broken: true }
  }
}
