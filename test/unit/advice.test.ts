import { expect, test } from 'vitest'
import { advise, volatileRules } from '../../src/match/near-miss/advice.ts'
import type { Difference } from '../../src/match/near-miss/json-diff.ts'
import type { Json } from '../../src/json/json.ts'
import { nearestWord } from '../../src/messages/nearest-word.ts'
import { openai } from '../../src/openai/dialect.ts'

const differ = (path: string, recorded?: Json, received?: Json): Difference => ({ path, recorded, received })
const response = { status: 200, headers: [], body: { kind: 'empty' } } as const

test('the fewest rules are advised that leave no difference', () => {
  const dates = differ('$.input', 'On 2026-11-22', 'On 2026-11-23')
  const ports = differ('$.url', 'http://localhost:1/x', 'http://localhost:2/x')
  expect(volatileRules([dates])).toEqual(['dates'])
  expect(volatileRules([dates, ports])).toEqual(['dates', 'ports'])
  expect(advise([dates, ports])).toContain('--volatile dates,ports')
})

test('no rule is advised that would not be enough', () => {
  expect(volatileRules([])).toEqual([])
  expect(volatileRules([differ('$.a', 'On 2026-11-22: a', 'On 2026-11-23: b')])).toEqual([])
  expect(volatileRules([differ('$.a', '2026-11-22', '2026-11-23'), differ('$.b', 1, 2)])).toEqual([])
  expect(volatileRules([differ('path', '/v1/2026-11-22', '/v1/2026-11-23')])).toEqual([])
})

test('advice names line endings and other white space', () => {
  expect(advise([differ('$.a', 'a\nb', 'a\r\nb')])).toContain('line endings')
  expect(advise([differ('$.a', 'a b', 'a  b\n')])).toContain('white space')
  expect(advise([differ('$.a', 'a b', 'a c')])).toBeUndefined()
})

test('a base URL with an extra or a missing end is told apart from another path', () => {
  expect(advise([differ('path', '/v1/x', '/v1/v1/x')])).toContain("has an extra '/v1' at its end")
  expect(advise([differ('path', '/v1/x', '/x')])).toContain("lacks '/v1'")
  expect(advise([differ('path', '/v1/x', '/v1/y')])).toBe('Only the path differs.')
  expect(advise([differ('path', '/v1/x', '/v1/y'), differ('$.a', 1, 2)])).toBeUndefined()
})

test('only what labels a request is advised to be ignored, lists by any index', () => {
  const advice = (...paths: string[]): string | undefined =>
    openai.advise(
      paths.map((path) => differ(path, 'a', 'b')),
      response,
    )
  expect(advice('$.metadata.suite')).toContain("--ignore '$.metadata.suite'")
  expect(advice('$.user', '$.metadata.a')).toContain("ignore: ['$.user', '$.metadata.a']")
  expect(advice('$.messages[3].meta.trace_id', '$.messages[4].meta.trace_id')).toContain(
    "--ignore '$.messages[*].meta.trace_id'",
  )
  for (const counts of [
    '$.messages[0].content',
    '$.previous_response_id',
    '$.prompt.id',
    '$.tools[0].function.parameters.properties.user_id',
  ])
    expect(advice(counts)).toBeUndefined()
  expect(advice('$.user', '$.model')).toBeUndefined()
})

test('a word is near when it differs in three letters at most, and not in all', () => {
  expect(nearestWord('wether', ['weather', 'feather'])).toBe('weather')
  expect(nearestWord('Weather', ['weather'])).toBe('weather')
  expect(nearestWord('abc', ['xyz'])).toBeUndefined()
  expect(nearestWord('agents', ['planner', 'weather'])).toBeUndefined()
})
