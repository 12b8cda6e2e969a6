import { among, args, asking, escaped, form, posting, type Place } from './planting.ts'

/** Places in a request. */
export const IN_REQUESTS: readonly Place[] = [
  {
    name: 'the authorization header',
    plant: (s) => asking('/v1/x', { headers: { authorization: `Bearer ${s}` } }),
  },
  { name: 'the api-key header', plant: (s) => asking('/v1/x', { headers: { 'api-key': s } }) },
  { name: 'a cookie', plant: (s) => asking('/v1/x', { headers: { cookie: `a=b; session=${s}` } }) },
  { name: 'a request header of its own', plant: (s) => asking('/v1/x', { headers: { 'x-own': s } }) },
  {
    name: 'a request header that counts',
    plant: (s) => asking('/v1/x', { headers: { 'openai-beta': `v=${s}` } }),
  },
  { name: 'the query', plant: (s) => asking(`/v1/x?a=1&b=${encodeURIComponent(s)}`) },
  {
    name: 'the query, as a form has it',
    plant: (s) => asking(`/v1/x?${new URLSearchParams({ b: s }).toString()}`),
  },
  { name: 'the query, hardly encoded', plant: (s) => asking(`/v1/x?b=${encodeURI(s)}`) },
  { name: 'the path', plant: (s) => asking(`/v1/${encodeURIComponent(s)}/x`) },
  { name: 'the path, hardly encoded', plant: (s) => asking(`/v1/${encodeURI(s)}`) },
  {
    name: 'a JSON request',
    plant: (s) =>
      posting(
        JSON.stringify({ messages: [{ role: 'user', content: `my ${s}, yours` }] }),
        'application/json',
      ),
  },
  {
    name: 'a key of a JSON request',
    plant: (s) => posting(JSON.stringify({ [s]: 1 }, null, 2), 'application/json'),
  },
  {
    name: 'JSON within a JSON request',
    plant: (s) =>
      posting(
        JSON.stringify({ arguments: args(s), deeper: JSON.stringify({ b: args(s) }) }),
        'application/json',
      ),
  },
  {
    name: 'a JSON request with escapes',
    plant: (s) => posting(`{"${escaped('key')}":["${escaped(`my ${s}`)}"]}`, 'application/json'),
  },
  {
    name: 'a URL in a JSON request',
    plant: (s) =>
      posting(JSON.stringify({ url: `https://a/b?c=${encodeURIComponent(s)}&d` }), 'application/json'),
  },
  { name: 'a text request', plant: (s) => posting(`a ${s} b`, 'text/plain') },
  { name: 'a JSONL request', plant: (s) => posting(`${args(s)}\n${args(s)}\n`, 'application/jsonl') },
  { name: 'a binary request', plant: (s) => posting(among(s, 20), 'application/octet-stream') },
  { name: 'a form’s field', plant: (s) => posting(form('prompt', `my ${s}`)) },
  { name: 'a form’s field name', plant: (s) => posting(form(`my ${s}`, 'x')) },
  { name: 'a form’s filename', plant: (s) => posting(form('file', new Blob(['x']), `my ${s}.txt`)) },
  { name: 'a form’s text file', plant: (s) => posting(form('file', new Blob([args(s)]), 'a.jsonl')) },
  { name: 'a form’s binary file', plant: (s) => posting(form('file', new Blob([among(s, 20)]), 'a.bin')) },
  {
    name: 'a form’s large binary file',
    plant: (s) => posting(form('file', new Blob([among(s, 4500)]), 'a.bin')),
  },
]
