import { expect, test } from 'vitest'
import { UpstreamError } from '../../../src/engine/ports.ts'
import { type Answer, interaction, ran } from './scene.ts'

const MODELS = interaction('GET', '/v1/models', [200, { object: 'list', data: [] }])
const FINE: Answer = [200, { object: 'list', data: ['new'] }]
const refused = new UpstreamError('no connection to the upstream', 'ECONNREFUSED')

/** Answers in this order, the last one for ever. */
const inOrder =
  (...answers: readonly Answer[]) =>
  (_: unknown, nth: number): Answer =>
    answers[Math.min(nth, answers.length - 1)] as Answer

test('an unreachable upstream is retried, with twice the wait each time', async () => {
  const { outcome, slept, said } = await ran([MODELS], inOrder(refused, refused, refused, FINE))
  expect(outcome.kind).toBe('rerecorded')
  expect(slept).toEqual([500, 1000, 2000])
  expect(said[0]).toBe('GET /v1/models: no connection to the upstream; retrying in 500 ms (attempt 2 of 6)')
})

test('it is given up after six tries, with what went wrong', async () => {
  const { outcome, sent } = await ran([MODELS], inOrder(refused))
  expect(outcome).toMatchObject({ kind: 'unanswered', at: 0, reason: 'no connection to the upstream' })
  expect(sent).toHaveLength(6)
})

test('an answer that breaks off is not kept, and asked for again', async () => {
  const { outcome, sent } = await ran([MODELS], inOrder([200, new Error('reset')], FINE))
  expect(sent).toHaveLength(2)
  expect(outcome).toMatchObject({ kind: 'rerecorded', after: { interactions: { length: 1 } } })
})

test('what the answer says is waited, and no longer than five minutes', async () => {
  const busy = (headers: Record<string, string>): Answer => [503, { error: { message: 'busy' } }, headers]
  const waits = inOrder(
    busy({ 'retry-after': '7' }),
    busy({ 'retry-after-ms': '30', 'retry-after': '1' }),
    FINE,
  )
  expect((await ran([MODELS], waits)).slept).toEqual([7000, 30])
  const { outcome, slept } = await ran([MODELS], inOrder(busy({ 'retry-after': '3600' })))
  expect(slept).toEqual([])
  expect(outcome).toMatchObject({ kind: 'diverged', divergence: { kind: 'status' } })
})

test('an answer that says that it is not worth asking again is believed', async () => {
  const { sent } = await ran([MODELS], inOrder([500, {}, { 'x-should-retry': 'false' }]))
  expect(sent).toHaveLength(1)
})

test('two runs wait for the same, as no chance is in it', async () => {
  const [one, two] = [await ran([MODELS], inOrder(refused)), await ran([MODELS], inOrder(refused))]
  expect(one.slept).toEqual(two.slept)
})

test('a run that is stopped sends nothing more', async () => {
  const abort = new AbortController()
  const answer = (): Answer => {
    abort.abort()
    return FINE
  }
  const { outcome, sent } = await ran([MODELS, MODELS], answer, { signal: abort.signal })
  expect(outcome.kind).toBe('stopped')
  expect(sent).toHaveLength(1)
})

test('an upstream that never responds is given up after half an hour, without a retry', async () => {
  const { outcome, sent } = await ran([MODELS], () => FINE, { hangs: true })
  expect(outcome).toMatchObject({
    kind: 'unanswered',
    reason: 'the response did not complete within 30 minutes',
  })
  expect(sent).toHaveLength(1)
})
