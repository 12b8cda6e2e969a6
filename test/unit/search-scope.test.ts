import { expect, test } from 'vitest'
import { cassetteScope } from '../../src/engine/library/search-scope.ts'

test('a directory is read for a miss, and once: not for each test that asks nothing', async () => {
  let lists = 0
  const list = (): Promise<readonly string[]> => {
    lists++
    return Promise.resolve(['wether'])
  }
  const store = { location: 'cassettes', fileOf: (name: string) => `cassettes/${name}.yaml`, list }
  const { label, whyMissing } = cassetteScope(store, 'weather', false)
  expect(label).toBe("cassette 'weather' (cassettes/weather.yaml)")
  expect(lists).toBe(0)
  const reason = "cassettes/weather.yaml does not exist. Did you mean 'wether'?"
  expect(await Promise.all([whyMissing?.(), whyMissing?.()])).toEqual([reason, reason])
  expect(lists).toBe(1)
})
