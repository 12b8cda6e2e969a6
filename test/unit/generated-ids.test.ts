import { expect, test } from 'vitest'
import { withoutIds } from '../../src/match/generated-ids.ts'
import { asked } from '../support/rewiring.ts'
import { identify, idShapes } from '../../src/openai/shapes.ts'

test('ids are told from words, with digits and without', () => {
  for (const id of ['run_wncSxUXgpLMsIKCoAhPNsQBl', 'call_a1b2c3d4', 'file-YbKTPCCzzbrVNQaDnB'])
    expect(idShapes.generated.test(id), id).toBe(true)
  for (const word of ['run_everything', 'thread-SafeAndSoundForever', 'file-NAMESINCAPITALS', 'gpt-4o-mini'])
    expect(idShapes.generated.test(word), word).toBe(false)
})

test('requests that differ in such ids alone have one shape', () => {
  const shape = (id: string): string | undefined =>
    withoutIds(identify(asked(`GET /v1/threads/thread_1a2b3c4d5e6f?run_id=${id}`)).parts, idShapes)
      ?.fingerprint
  expect(shape('run_wncSxUXgpLMsIKCoAhPNsQBl')).toBe(shape('run_A0czuYAzJfEHU7xEhLgk3anX'))
})
