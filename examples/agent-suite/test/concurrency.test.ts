import { describe, expect } from 'vitest'
import { agentOn, weatherTool } from './support/agents.ts'
import { collect } from './support/collect.ts'
import { test } from './support/suite.ts'

const NUMBERS = ['11', '12', '13', '14', '15', '16', '17', '18', '19', '20']

function askingFor(number: string): string {
  return `Repeat after me: The train to Lyon leaves from platform ${number}.`
}

test('ten requests at once each get their own answer', async ({ client }) => {
  const agent = agentOn(client)
  const runs = await Promise.all(NUMBERS.map((number) => agent.run(askingFor(number))))
  for (const [i, { text }] of runs.entries()) expect(text).toContain(NUMBERS[i])
  expect(agent.usage.total.requests).toBe(10)
})

test('ten streams at once do not mix up their chunks', async ({ client }) => {
  const agent = agentOn(client)
  const runs = await Promise.all(NUMBERS.map((number) => collect(agent.runStreaming(askingFor(number)))))
  for (const [i, { chunks, result }] of runs.entries()) {
    expect(result.text).toContain(NUMBERS[i])
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
  }
  expect(new Set(runs.map(({ chunks }) => chunks[0]?.id)).size).toBe(10)
})

test('ten identical requests at once all get an answer', async ({ client }) => {
  const agent = agentOn(client)
  const runs = await Promise.all(NUMBERS.map(() => agent.run('Say the number 7 and nothing else.')))
  expect(runs.filter(({ text }) => text.includes('7'))).toHaveLength(10)
})

test('agents that use tools at once do not mix up their calls', async ({ client }) => {
  const cities = ['Paris', 'Lagos', 'Québec']
  const asked = await Promise.all(
    cities.map(async (city) => {
      const got: unknown[] = []
      const tools = [
        weatherTool(({ city: called }) => {
          got.push(called)
          return { city: called, celsius: 18, sky: 'clear' }
        }),
      ]
      await agentOn(client, { tools }).run(`What is the weather in ${city}?`, { toolChoice: 'required' })
      return got[0]
    }),
  )
  for (const [i, city] of cities.entries()) expect(asked[i]).toContain(city)
})

describe.concurrent('concurrent tests', () => {
  // One question, three tests: each is answered from a cassette of its own, which holds it once.
  for (const nth of ['first', 'second', 'third']) {
    test(`the ${nth} test has its own cassette`, async ({ client, expect: own }) => {
      const { text } = await agentOn(client).run('Say the number 8 and nothing else.')
      own(text).toContain('8')
    })
  }
})
