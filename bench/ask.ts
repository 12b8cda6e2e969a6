import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Exchange } from './exchanges.ts'

export interface Answer {
  readonly status: number
  /** In wire order; names in lower case. */
  readonly headers: readonly string[]
  readonly body: Buffer
}

/** Asks the first question once, or the one that is given, and reads all of the answer. */
export async function ask(
  base: string,
  { path, requestHeaders, requestBodies }: Exchange,
  body = requestBodies[0],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(base + path, { method: 'POST', headers: requestHeaders, agent: false }, (res) => {
      const headers: string[] = []
      for (let i = 0; i + 1 < res.rawHeaders.length; i += 2) {
        headers.push(`${res.rawHeaders[i]?.toLowerCase()}: ${res.rawHeaders[i + 1]}`)
      }
      buffer(res).then((got) => resolve({ status: res.statusCode ?? 0, headers, body: got }), reject)
    })
    asked.once('error', reject)
    asked.end(body)
  })
}

/** What is wrong with an answer, in words; undefined when it is the exchange's own. */
export function faultOf(answer: Answer, { status, headers, pieces }: Exchange): string | undefined {
  if (answer.status !== status)
    return `status ${answer.status} instead of ${status}: ${answer.body.toString().slice(0, 300)}`
  const missing = headers
    .map(([name, value]) => `${name}: ${value}`)
    .find((line) => !answer.headers.includes(line))
  if (missing !== undefined) return `no header '${missing}'`
  const added = answer.headers.length - headers.length
  // Of the connection's own: date, connection, keep-alive, and the body's length or its transfer coding.
  if (added > 4) return `${added} headers more than were sent`
  const expected = Buffer.from(pieces.join(''))
  return answer.body.equals(expected)
    ? undefined
    : `${answer.body.length} bytes of body that are not the ${expected.length} expected`
}
