import { encodeText } from '../../src/http/bytes.ts'

/** One request and its answer, with a secret somewhere in it. */
export interface Planted {
  readonly path: string
  readonly init: RequestInit
  readonly answer: {
    readonly headers: Readonly<Record<string, string | string[]>>
    readonly body: Uint8Array
  }
}

export interface Place {
  readonly name: string
  readonly plant: (secret: string, cut: number) => Planted
  /** The secret is spelled in a way that cannot be taken out: the exchange is not to be kept. */
  readonly unclean?: true
}

export const TEXT = { 'content-type': 'text/plain; charset=utf-8' }
export const JSON_TYPE = { 'content-type': 'application/json' }
export const SSE = { 'content-type': 'text/event-stream' }

export function asking(path: string, init: RequestInit = {}): Planted {
  return { path, init, answer: { headers: TEXT, body: encodeText('ok') } }
}

export function posting(body: string | Uint8Array | FormData, type?: string): Planted {
  const headers = type === undefined ? {} : { headers: { 'content-type': type } }
  return asking('/v1/x', { method: 'POST', body: body as string, ...headers })
}

export function answering(headers: Planted['answer']['headers'], body: string | Uint8Array): Planted {
  return {
    path: '/v1/x',
    init: {},
    answer: { headers, body: typeof body === 'string' ? encodeText(body) : body },
  }
}

export function form(name: string, value: string | Blob, filename?: string): FormData {
  const data = new FormData()
  if (typeof value === 'string') data.append(name, value)
  else data.append(name, value, filename)
  return data
}

/** Bytes that are no text, with the secret between them. */
export function among(secret: string, length: number): Uint8Array<ArrayBuffer> {
  const filler = new Uint8Array(length).fill(255)
  return new Uint8Array([...filler, ...encodeText(secret), ...filler])
}

/** In pieces of one to four characters, however `cut` has it. */
export function pieces(text: string, cut: number): string[] {
  const out: string[] = []
  for (let at = 0, size = 1; at < text.length; at += size) {
    size = 1 + ((cut + at) % 4)
    out.push(text.slice(at, at + size))
  }
  return out
}

export function stream(events: readonly object[], done = true): string {
  return [...events.map((each) => JSON.stringify(each)), ...(done ? ['[DONE]'] : [])]
    .map((data) => `data: ${data}\n\n`)
    .join('')
}

export const chat = (delta: object): object => ({
  id: 'chatcmpl-B1',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason: null }],
})
export const responses = (type: string, delta: string, i: number): object => ({
  type,
  sequence_number: i,
  item_id: 'msg_68',
  output_index: 0,
  content_index: 0,
  delta,
})
export const args = (secret: string): string => JSON.stringify({ key: secret, n: 1 })
export const escaped = (text: string): string =>
  text.replaceAll(/[^ ]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
export const tokens = (text: string, cut: number, bytes: boolean): object => ({
  content: pieces(text, cut).map((token) => ({
    token,
    logprob: -0.1,
    bytes: bytes ? [...encodeText(token)] : null,
    top_logprobs: [],
  })),
})
