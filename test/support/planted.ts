import { encodeText } from '../../src/core/bytes.ts'

/** One request and its answer, with a secret somewhere in it. */
export interface Planted {
  readonly path: string
  readonly init: RequestInit
  readonly answer: { readonly headers: Readonly<Record<string, string | string[]>>; readonly body: Uint8Array }
}

export interface Place {
  readonly name: string
  readonly plant: (secret: string, cut: number) => Planted
  /** The secret is spelled in a way that cannot be taken out: the exchange is not to be kept. */
  readonly unclean?: true
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8' }
const JSON_TYPE = { 'content-type': 'application/json' }
const SSE = { 'content-type': 'text/event-stream' }

function asking(path: string, init: RequestInit = {}): Planted {
  return { path, init, answer: { headers: TEXT, body: encodeText('ok') } }
}

function posting(body: string | Uint8Array | FormData, type?: string): Planted {
  const headers = type === undefined ? {} : { headers: { 'content-type': type } }
  return asking('/v1/x', { method: 'POST', body: body as string, ...headers })
}

function answering(headers: Planted['answer']['headers'], body: string | Uint8Array): Planted {
  return { path: '/v1/x', init: {}, answer: { headers, body: typeof body === 'string' ? encodeText(body) : body } }
}

function form(name: string, value: string | Blob, filename?: string): FormData {
  const data = new FormData()
  if (typeof value === 'string') data.append(name, value)
  else data.append(name, value, filename)
  return data
}

/** Bytes that are no text, with the secret between them. */
function among(secret: string, length: number): Uint8Array<ArrayBuffer> {
  const filler = new Uint8Array(length).fill(255)
  return new Uint8Array([...filler, ...encodeText(secret), ...filler])
}

/** In pieces of one to four characters, however `cut` has it. */
function pieces(text: string, cut: number): string[] {
  const out: string[] = []
  for (let at = 0, size = 1; at < text.length; at += size) {
    size = 1 + ((cut + at) % 4)
    out.push(text.slice(at, at + size))
  }
  return out
}

function stream(events: readonly object[], done = true): string {
  return [...events.map((each) => JSON.stringify(each)), ...(done ? ['[DONE]'] : [])].map((data) => `data: ${data}\n\n`).join('')
}

const chat = (delta: object): object => ({ id: 'chatcmpl-B1', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: null }] })
const responses = (type: string, delta: string, i: number): object => ({ type, sequence_number: i, item_id: 'msg_68', output_index: 0, content_index: 0, delta })
const args = (secret: string): string => JSON.stringify({ key: secret, n: 1 })
const escaped = (text: string): string => text.replaceAll(/[^ ]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
const tokens = (text: string, cut: number, bytes: boolean): object => ({
  content: pieces(text, cut).map((token) => ({ token, logprob: -0.1, bytes: bytes ? [...encodeText(token)] : null, top_logprobs: [] })),
})

export const PLACES: readonly Place[] = [
  { name: 'the authorization header', plant: (s) => asking('/v1/x', { headers: { authorization: `Bearer ${s}` } }) },
  { name: 'the api-key header', plant: (s) => asking('/v1/x', { headers: { 'api-key': s } }) },
  { name: 'a cookie', plant: (s) => asking('/v1/x', { headers: { cookie: `a=b; session=${s}` } }) },
  { name: 'a request header of its own', plant: (s) => asking('/v1/x', { headers: { 'x-own': s } }) },
  { name: 'a request header that counts', plant: (s) => asking('/v1/x', { headers: { 'openai-beta': `v=${s}` } }) },
  { name: 'the query', plant: (s) => asking(`/v1/x?a=1&b=${encodeURIComponent(s)}`) },
  { name: 'the query, as a form has it', plant: (s) => asking(`/v1/x?${new URLSearchParams({ b: s }).toString()}`) },
  { name: 'the query, hardly encoded', plant: (s) => asking(`/v1/x?b=${encodeURI(s)}`) },
  { name: 'the path', plant: (s) => asking(`/v1/${encodeURIComponent(s)}/x`) },
  { name: 'the path, hardly encoded', plant: (s) => asking(`/v1/${encodeURI(s)}`) },
  { name: 'a JSON request', plant: (s) => posting(JSON.stringify({ messages: [{ role: 'user', content: `my ${s}, yours` }] }), 'application/json') },
  { name: 'a key of a JSON request', plant: (s) => posting(JSON.stringify({ [s]: 1 }, null, 2), 'application/json') },
  { name: 'JSON within a JSON request', plant: (s) => posting(JSON.stringify({ arguments: args(s), deeper: JSON.stringify({ b: args(s) }) }), 'application/json') },
  { name: 'a JSON request with escapes', plant: (s) => posting(`{"${escaped('key')}":["${escaped(`my ${s}`)}"]}`, 'application/json') },
  { name: 'a URL in a JSON request', plant: (s) => posting(JSON.stringify({ url: `https://a/b?c=${encodeURIComponent(s)}&d` }), 'application/json') },
  { name: 'a text request', plant: (s) => posting(`a ${s} b`, 'text/plain') },
  { name: 'a JSONL request', plant: (s) => posting(`${args(s)}\n${args(s)}\n`, 'application/jsonl') },
  { name: 'a binary request', plant: (s) => posting(among(s, 20), 'application/octet-stream') },
  { name: 'a form’s field', plant: (s) => posting(form('prompt', `my ${s}`)) },
  { name: 'a form’s field name', plant: (s) => posting(form(`my ${s}`, 'x')) },
  { name: 'a form’s filename', plant: (s) => posting(form('file', new Blob(['x']), `my ${s}.txt`)) },
  { name: 'a form’s text file', plant: (s) => posting(form('file', new Blob([args(s)]), 'a.jsonl')) },
  { name: 'a form’s binary file', plant: (s) => posting(form('file', new Blob([among(s, 20)]), 'a.bin')) },
  { name: 'a form’s large binary file', plant: (s) => posting(form('file', new Blob([among(s, 4500)]), 'a.bin')) },
  { name: 'set-cookie', plant: (s) => answering({ ...TEXT, 'set-cookie': [`a=${s}; path=/`, 'b=c'] }, 'ok') },
  { name: 'a response header of its own', plant: (s) => answering({ ...TEXT, 'x-own': `my ${s}` }, 'ok') },
  { name: 'openai-organization', plant: (s) => answering({ ...TEXT, 'openai-organization': s }, 'ok') },
  { name: 'openai-project', plant: (s) => answering({ ...TEXT, 'openai-project': s }, 'ok') },
  { name: 'a JSON response', plant: (s) => answering(JSON_TYPE, JSON.stringify({ error: { message: `Wrong: ${s}.` } })) },
  { name: 'a JSON response that is laid out', plant: (s) => answering(JSON_TYPE, JSON.stringify({ a: [args(s)] }, null, 2)) },
  { name: 'a JSON response with escapes', plant: (s) => answering(JSON_TYPE, `{"${escaped('key')}":["${escaped(`my ${s}`)}"]}`) },
  { name: 'a text response', plant: (s) => answering(TEXT, `${s}\n${s}`) },
  { name: 'a binary response', plant: (s) => answering({ 'content-type': 'audio/mpeg' }, among(s, 20)) },
  { name: 'a large binary response', plant: (s) => answering({ 'content-type': 'audio/mpeg' }, among(s, 4500)) },
  { name: 'one event', plant: (s) => answering(SSE, stream([chat({ content: `my ${s}.` })])) },
  { name: 'a comment of a stream', plant: (s) => answering(SSE, `: ${s}\n\n${stream([chat({ content: 'a' })])}`) },
  { name: 'several data lines', plant: (s) => answering(SSE, `data: a\ndata: ${s}\n\n`) },
  { name: 'a stream that is cut', plant: (s) => answering(SSE, `data: {"a":1}\n\ndata: {"delta":"${s}`) },
  { name: 'content deltas', plant: (s, cut) => answering(SSE, stream(pieces(`my ${s}.`, cut).map((content) => chat({ content })))) },
  {
    name: 'tool call deltas',
    plant: (s, cut) => answering(SSE, stream(pieces(args(s), cut).map((each) => chat({ tool_calls: [{ index: 0, function: { arguments: each } }] })))),
  },
  {
    name: 'output text deltas',
    plant: (s, cut) =>
      answering(SSE, stream([...pieces(`my ${s}.`, cut).map((each, i) => responses('response.output_text.delta', each, i)), { type: 'response.completed', text: s }], false)),
  },
  {
    name: 'argument deltas',
    plant: (s, cut) => answering(SSE, stream(pieces(args(s), cut).map((each, i) => responses('response.function_call_arguments.delta', each, i)), false)),
  },
  { name: 'plain data, split', plant: (s, cut) => answering(SSE, pieces(s, cut).map((each) => `data: ${each}\r\n\r\n`).join('')) },
  { name: 'tokens', plant: (s, cut) => answering(JSON_TYPE, JSON.stringify({ choices: [{ index: 0, logprobs: tokens(`my ${s}.`, cut, false) }] })) },
  { name: 'tokens and their bytes', unclean: true, plant: (s, cut) => answering(JSON_TYPE, JSON.stringify({ choices: [{ index: 0, logprobs: tokens(`my ${s}.`, cut, true) }] })) },
  {
    name: 'streamed tokens and their bytes',
    unclean: true,
    plant: (s, cut) => answering(SSE, stream(pieces(s, cut).map((each) => ({ choices: [{ index: 0, delta: { content: each }, logprobs: tokens(each, 3, true) }] })))),
  },
  { name: 'base64', unclean: true, plant: (s) => answering(JSON_TYPE, JSON.stringify({ file: `a/b/${Buffer.from(`my ${s}`).toString('base64')}` })) },
]
