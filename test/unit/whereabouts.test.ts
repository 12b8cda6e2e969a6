import { expect, test } from 'vitest'
import { cassetteWhereabouts } from '../../src/engine/library/search-scope.ts'

test('a directory is read for a miss, and once: not for each test that asks nothing', async () => {
  let lists = 0
  const list = (): Promise<readonly string[]> => {
    lists++
    return Promise.resolve(['wether'])
  }
  const store = { location: 'cassettes', fileOf: (name: string) => `cassettes/${name}.yaml`, list }
  const { where, absence } = cassetteWhereabouts(store, 'weather', false)
  expect(where).toBe("cassette 'weather' (cassettes/weather.yaml)")
  expect(lists).toBe(0)
  const told = "cassettes/weather.yaml does not exist. Did you mean 'wether'?"
  expect(await Promise.all([absence?.(), absence?.()])).toEqual([told, told])
  expect(lists).toBe(1)
})
