import type { Interaction, RecordedRequest, RecordedResponse } from '../../src/core/cassette.ts'
import type { Headers } from '../../src/core/http.ts'
import { Rewirer } from '../../src/core/rewire/rewirer.ts'
import { readAnswer } from '../../src/openai/answers/read-answer.ts'

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
  return new Rewirer(chain, readAnswer)
}

export function bodyOf({ body }: RecordedRequest): unknown {
  return body.kind === 'json' ? JSON.parse(body.text) : body
}
