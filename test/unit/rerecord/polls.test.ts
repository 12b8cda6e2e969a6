import { expect, test } from 'vitest'
import type { Interaction } from '../../../src/cassette/cassette.ts'
import { type Answer, interaction, ran, type Ran } from './scene.ts'

const response = (id: string, status: string): Answer & unknown[] => [
  200,
  { id, object: 'response', status, model: 'gpt-5-mini', output: [], usage: null },
]
const begun = (status: string): Interaction =>
  interaction('POST', '/v1/responses', response('resp_before0000000000000000', status) as never, {
    model: 'gpt-5-mini',
  })
const poll = (status: string): Interaction =>
  interaction(
    'GET',
    '/v1/responses/resp_before0000000000000000',
    response('resp_before0000000000000000', status) as never,
  )

const RECORDED = [begun('queued'), poll('queued'), poll('in_progress'), poll('completed')]

/** A new run in which so many polls find it unfinished. */
function taking(polls: number, headers: Record<string, string> = {}, end = 'completed'): Promise<Ran> {
  let asked = 0
  return ran(RECORDED, ({ method }): Answer => {
    const status = method === 'POST' ? 'queued' : asked++ < polls ? 'in_progress' : end
    const [code, json] = response('resp_now1111111111111111111', status)
    return [code as number, json, headers]
  })
}

function statesOf({ outcome }: Ran): unknown[] {
  if (outcome.kind !== 'rerecorded') throw new Error(JSON.stringify(outcome))
  return outcome.after.interactions.map(({ response: { body } }) =>
    body.kind === 'json' ? (JSON.parse(body.text) as { status: string }).status : body.kind,
  )
}

test('what is done sooner is polled less often', async () => {
  const run = await taking(0)
  expect(statesOf(run)).toEqual(['queued', 'completed'])
  expect(run.slept).toEqual([])
})

test('what takes longer is polled until it is done, at the id that it has now', async () => {
  const run = await taking(4)
  expect(statesOf(run)).toEqual(['queued', ...Array.from({ length: 4 }, () => 'in_progress'), 'completed'])
  expect(new Set(run.sent.slice(1).map(({ target }) => target))).toEqual(
    new Set(['/v1/responses/resp_now1111111111111111111']),
  )
  expect(run.slept).toEqual([1000, 1000, 1000, 1000])
})

test('between polls it waits as the answers say', async () => {
  expect((await taking(2, { 'openai-poll-after-ms': '5' })).slept).toEqual([5, 5])
  expect((await taking(2, { 'retry-after': '3' })).slept).toEqual([3000, 3000])
})

test('it is not waited for ever', async () => {
  const { outcome, slept } = await taking(Infinity, { 'openai-poll-after-ms': '60000' })
  expect(outcome).toMatchObject({
    kind: 'unanswered',
    reason: 'the polled operation was not finished after 600 s',
  })
  expect(slept).toHaveLength(10)
})

test('what ends otherwise than it did leads elsewhere', async () => {
  const { outcome } = await taking(1, {}, 'failed')
  expect(outcome).toMatchObject({ kind: 'diverged', divergence: { kind: 'finish' } })
})

test('polls of a run before and after its tools are two waits', async () => {
  const at = '/v1/threads/thread_1/runs/run_1'
  const run = (status: string): Answer & unknown[] => [200, { id: 'run_1', object: 'thread.run', status }]
  const recorded = ['in_progress', 'requires_action', 'in_progress', 'completed'].map((status) =>
    interaction('GET', at, run(status) as never),
  )
  recorded.splice(2, 0, interaction('POST', `${at}/submit_tool_outputs`, run('queued') as never, {}))
  let isSubmitted = false
  const ranNow = await ran(recorded, ({ method }): Answer => {
    if (method === 'POST') isSubmitted = true
    return run(method === 'POST' ? 'queued' : isSubmitted ? 'completed' : 'requires_action')
  })
  expect(statesOf(ranNow)).toEqual(['requires_action', 'queued', 'completed'])
})

test('what nobody waited for in the recording is asked as often as it was', async () => {
  const unfinished = [begun('queued'), poll('queued'), poll('in_progress')]
  const { sent } = await ran(unfinished, () => response('resp_now1111111111111111111', 'queued') as never)
  expect(sent).toHaveLength(3)
})
