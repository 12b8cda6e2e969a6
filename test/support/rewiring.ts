import type { Divergence } from '../../src/rerecord/rewire/divergence.ts'
import type { Interaction, RecordedRequest, RecordedResponse } from '../../src/cassette/cassette.ts'
import type { Headers } from '../../src/http/message.ts'
import { Rewirer } from '../../src/rerecord/rewire/rewirer.ts'
import { rewireRules } from '../../src/openai/rewire-rules.ts'

/** A request in short: `GET /v1/files`, and a body where there is one. */
export function asked(line: string, body?: unknown): RecordedRequest {
  const [method = '', path = ''] = line.split(' ')
  if (body === undefined) return { method, path, headers: [], body: { kind: 'empty' } }
  return { method, path, headers: [], body: { kind: 'json', text: JSON.stringify(body) } }
}

export function told(json: unknown, status = 200, headers: Headers = []): RecordedResponse {
  return { status, headers, body: { kind: 'json', text: JSON.stringify(json) } }
}

export function streamed(...events: readonly unknown[]): RecordedResponse {
  const raws = events.map((event) => {
    const { type } = event as { type?: string }
    return `${type === undefined ? '' : `event: ${type}\n`}data: ${JSON.stringify(event)}\n\n`
  })
  return {
    status: 200,
    headers: [],
    body: { kind: 'events', events: raws.map((raw) => ({ offset: 0, raw })) },
  }
}

/** A chain of requests, each with the answer that it got. */
export function chainOf(...pairs: readonly (readonly [RecordedRequest, RecordedResponse])[]): Interaction[] {
  return pairs.map(([request, response]) => ({ request, response }))
}

/** The last request of a chain, rewired from these new answers to those before it. */
export function rewired(
  chain: readonly Interaction[],
  ...fresh: readonly RecordedResponse[]
): RecordedRequest {
  const rewirer = rewirerOf(chain)
  for (const [n, response] of fresh.entries()) {
    const divergence = rewirer.learn(n, response)
    if (divergence !== undefined) throw new Error(divergence.message)
  }
  return rewirer.request(chain.length - 1)
}

export function rewirerOf(chain: readonly Interaction[]): Rewirer {
  return new Rewirer(chain, rewireRules)
}

export function bodyOf({ body }: RecordedRequest): unknown {
  return body.kind === 'json' ? JSON.parse(body.text) : body
}

export const DONE = told({ id: 'resp_done0001', object: 'response', status: 'completed', output: [] })

/** What the rewirer says of another answer to the first request, where the next one carries this. */
export function divergenceOf(
  recorded: RecordedResponse,
  fresh: RecordedResponse,
  next: unknown = {},
): Divergence | undefined {
  const chain = chainOf([asked('POST /v1/x', {}), recorded], [asked('POST /v1/x', next), DONE])
  return rewirerOf(chain).learn(0, fresh)
}

export function call(id: string, name: string, args: string): object {
  return { id, type: 'function', function: { name, arguments: args } }
}

export function completion(
  calls: readonly object[],
  finish = 'tool_calls',
  content: string | null = null,
): object {
  const message = { role: 'assistant', content, ...(calls.length > 0 && { tool_calls: calls }) }
  return { id: 'chatcmpl-1', choices: [{ index: 0, message, finish_reason: finish }] }
}

export function responding(output: readonly object[], more: object = {}): object {
  return { id: 'resp_old000001', object: 'response', status: 'completed', output, ...more }
}
