import { describe, expect } from 'vitest'
import { agentOn, weatherTool } from './support/agents.ts'
import { collect } from './support/collect.ts'
import { test } from './support/suite.ts'

const NUMBERS = ['11', '12', '13', '14', '15', '16', '17', '18', '19', '20']

function askingFor(number: string): string {
  return `Say the number ${number} and nothing else.`
}

test('ten requests at once: each has the answer to its question', async ({ client }) => {
  const agent = agentOn(client)
  const runs = await Promise.all(NUMBERS.map((number) => agent.run(askingFor(number))))
  for (const [i, { text }] of runs.entries()) expect(text).toContain(NUMBERS[i])
  expect(agent.usage.total.requests).toBe(10)
})

test('ten streams at once: none has a chunk of another', async ({ client }) => {
  const agent = agentOn(client)
  const runs = await Promise.all(NUMBERS.map((number) => collect(agent.runStreaming(askingFor(number)))))
  for (const [i, { chunks, result }] of runs.entries()) {
    expect(result.text).toContain(NUMBERS[i])
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
  }
  expect(new Set(runs.map(({ chunks }) => chunks[0]?.id)).size).toBe(10)
})

test('ten equal requests at once: ten answers', async ({ client }) => {
  const agent = agentOn(client)
  const runs = await Promise.all(NUMBERS.map(() => agent.run('Say the number 7 and nothing else.')))
  expect(runs.filter(({ text }) => text.includes('7'))).toHaveLength(10)
})

test('agents that use tools at once do not mix up their calls', async ({ client }) => {
  const cities = ['Paris', 'Lagos', 'Québec']
  const asked = await Promise.all(
    cities.map(async (city) => {
      const got: unknown[] = []
      const tools = [weatherTool((args) => String(got.push(args['city'])))]
      await agentOn(client, { tools }).run(`What is the weather in ${city}?`, { toolChoice: 'required' })
      return got[0]
    }),
  )
  for (const [i, city] of cities.entries()) expect(asked[i]).toContain(city)
})

describe.concurrent('tests that run at once', () => {
  // One question, three tests: each is answered from a cassette of its own, which holds it once.
  for (const nth of ['first', 'second', 'third']) {
    test(`the ${nth} has the answer to itself`, async ({ client, expect: own }) => {
      const { text } = await agentOn(client).run('Say the number 8 and nothing else.')
      own(text).toContain('8')
    })
  }
})
