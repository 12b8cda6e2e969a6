import {
  JSON_TYPE,
  SSE,
  TEXT,
  among,
  answering,
  args,
  chat,
  escaped,
  pieces,
  responses,
  stream,
  tokens,
  type Place,
} from './planting.ts'

/** Places in a response. */
export const IN_RESPONSES: readonly Place[] = [
  { name: 'set-cookie', plant: (s) => answering({ ...TEXT, 'set-cookie': [`a=${s}; path=/`, 'b=c'] }, 'ok') },
  { name: 'a response header of its own', plant: (s) => answering({ ...TEXT, 'x-own': `my ${s}` }, 'ok') },
  { name: 'openai-organization', plant: (s) => answering({ ...TEXT, 'openai-organization': s }, 'ok') },
  { name: 'openai-project', plant: (s) => answering({ ...TEXT, 'openai-project': s }, 'ok') },
  {
    name: 'a JSON response',
    plant: (s) => answering(JSON_TYPE, JSON.stringify({ error: { message: `Wrong: ${s}.` } })),
  },
  {
    name: 'a JSON response that is laid out',
    plant: (s) => answering(JSON_TYPE, JSON.stringify({ a: [args(s)] }, null, 2)),
  },
  {
    name: 'a JSON response with escapes',
    plant: (s) => answering(JSON_TYPE, `{"${escaped('key')}":["${escaped(`my ${s}`)}"]}`),
  },
  { name: 'a text response', plant: (s) => answering(TEXT, `${s}\n${s}`) },
  { name: 'a binary response', plant: (s) => answering({ 'content-type': 'audio/mpeg' }, among(s, 20)) },
  {
    name: 'a large binary response',
    plant: (s) => answering({ 'content-type': 'audio/mpeg' }, among(s, 4500)),
  },
  { name: 'one event', plant: (s) => answering(SSE, stream([chat({ content: `my ${s}.` })])) },
  {
    name: 'a comment of a stream',
    plant: (s) => answering(SSE, `: ${s}\n\n${stream([chat({ content: 'a' })])}`),
  },
  { name: 'several data lines', plant: (s) => answering(SSE, `data: a\ndata: ${s}\n\n`) },
  { name: 'a stream that is cut', plant: (s) => answering(SSE, `data: {"a":1}\n\ndata: {"delta":"${s}`) },
  {
    name: 'content deltas',
    plant: (s, cut) => answering(SSE, stream(pieces(`my ${s}.`, cut).map((content) => chat({ content })))),
  },
  {
    name: 'tool call deltas',
    plant: (s, cut) =>
      answering(
        SSE,
        stream(
          pieces(args(s), cut).map((each) =>
            chat({ tool_calls: [{ index: 0, function: { arguments: each } }] }),
          ),
        ),
      ),
  },
  {
    name: 'output text deltas',
    plant: (s, cut) =>
      answering(
        SSE,
        stream(
          [
            ...pieces(`my ${s}.`, cut).map((each, i) => responses('response.output_text.delta', each, i)),
            { type: 'response.completed', text: s },
          ],
          false,
        ),
      ),
  },
  {
    name: 'argument deltas',
    plant: (s, cut) =>
      answering(
        SSE,
        stream(
          pieces(args(s), cut).map((each, i) => responses('response.function_call_arguments.delta', each, i)),
          false,
        ),
      ),
  },
  {
    name: 'plain data, split',
    plant: (s, cut) =>
      answering(
        SSE,
        pieces(s, cut)
          .map((each) => `data: ${each}\r\n\r\n`)
          .join(''),
      ),
  },
  {
    name: 'tokens',
    plant: (s, cut) =>
      answering(
        JSON_TYPE,
        JSON.stringify({ choices: [{ index: 0, logprobs: tokens(`my ${s}.`, cut, false) }] }),
      ),
  },
  {
    name: 'tokens and their bytes',
    unclean: true,
    plant: (s, cut) =>
      answering(
        JSON_TYPE,
        JSON.stringify({ choices: [{ index: 0, logprobs: tokens(`my ${s}.`, cut, true) }] }),
      ),
  },
  {
    name: 'streamed tokens and their bytes',
    unclean: true,
    plant: (s, cut) =>
      answering(
        SSE,
        stream(
          pieces(s, cut).map((each) => ({
            choices: [{ index: 0, delta: { content: each }, logprobs: tokens(each, 3, true) }],
          })),
        ),
      ),
  },
  {
    name: 'base64',
    unclean: true,
    plant: (s) =>
      answering(JSON_TYPE, JSON.stringify({ file: `a/b/${Buffer.from(`my ${s}`).toString('base64')}` })),
  },
]
