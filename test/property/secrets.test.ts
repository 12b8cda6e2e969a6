import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RecordedRequest, RecordedResponse } from '../../src/cassette/cassette.ts'
import { printCassette } from '../../src/cassette/notation/text.ts'
import { Tap } from '../../src/engine/record/tap.ts'
import { RequestReader } from '../../src/engine/request/request-reader.ts'
import type { Headers as HeaderList } from '../../src/http/message.ts'
import { openai } from '../../src/openai/dialect.ts'
import type { Redactor } from '../../src/redact/redactor.ts'
import { secretsOf } from '../../src/vcr/options/secrets.ts'
import { cutAt } from '../support/packets.ts'
import { IN_REQUESTS } from '../support/planted-requests.ts'
import { IN_RESPONSES } from '../support/planted-responses.ts'
import type { Planted } from '../support/planting.ts'
import { redactorOf } from '../support/redactor.ts'
import { holds, standsIn } from '../support/search.ts'
import { type Secret, secrets } from '../support/secrets.ts'

for (const place of [...IN_REQUESTS, ...IN_RESPONSES]) {
  const becomes = place.unclean
    ? 'is noticed, as it cannot be taken out'
    : 'is taken out, and does not stand in the way of a match'
  test(`a secret in ${place.name} ${becomes}`, async () => {
    await fc.assert(
      fc.asyncProperty(secrets, fc.nat(100), async (secret, cut) => {
        const planted = place.plant(secret.value, cut)
        const redactor = knowing(secret)
        const { request, fingerprint } = await readRequest(redactor, planted)
        const response = readResponse(redactor, planted, cut)
        if (place.unclean) {
          expect(redactor.leak(request, response)).toBe('the response body')
          return
        }
        expect(redactor.leak(request, response)).toBeUndefined()
        expect(standsIn(printed(request, response), secret.value)).toBe(false)
        expect(holds(redactor.text(`${planted.path} is not recorded`), secret.value)).toBe(false)
        // The variable is gone: the client sends the placeholder, or another key of that shape.
        const { variable: _, ...unset } = secret
        for (const other of secret.others)
          expect((await readRequest(knowing(unset), place.plant(other, cut))).fingerprint).toBe(fingerprint)
      }),
      { numRuns: 15 },
    )
  })
}

function knowing({ variable, value, redact }: Secret): Redactor {
  return redactorOf(variable === undefined ? [] : secretsOf({ [variable]: value }), redact)
}

async function readRequest(
  redactor: Redactor,
  { path, init }: Planted,
): Promise<{ readonly request: RecordedRequest; readonly fingerprint: string }> {
  const sent = new Request('http://127.0.0.1', { method: 'GET', ...init })
  const { recorded, identity } = new RequestReader(redactor, openai).read({
    method: sent.method,
    target: path,
    headers: [...sent.headers],
    body: new Uint8Array(await sent.arrayBuffer()),
  })
  return { request: recorded, fingerprint: identity.fingerprint }
}

/** As the recorder reads it, in packets that are cut somewhere. */
function readResponse(redactor: Redactor, { answer }: Planted, cut: number): RecordedResponse {
  const headers: HeaderList = Object.entries(answer.headers).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value] as const),
  )
  const tap = new Tap(headers, {
    dialect: openai,
    openLarge: () => {
      throw new Error('it is not large')
    },
  })
  for (const packet of cutAt(answer.body, [cut, cut * 3, cut * 7])) void tap.add(packet, 0)
  redactor.learnFromResponse(headers)
  return redactor.response({ status: 200, headers, ...tap.result(false) })
}

/** All that a recording would write. */
function printed(request: RecordedRequest, response: RecordedResponse): readonly Uint8Array[] {
  const { text, blobs } = printCassette({
    version: 1,
    upstream: 'http://127.0.0.1',
    recordedAt: '2026-11-22',
    interactions: [{ request, response }],
  })
  return [Buffer.from(text), ...blobs.values()]
}
