import { expect } from 'vitest'
import { agentOn } from './support/agents.ts'
import { listOf } from './support/collect.ts'
import { MODEL, OTHER_MODEL } from './support/models.ts'
import { test } from './support/suite.ts'

test('each agent uses its own model', async ({ client }) => {
  for (const model of [MODEL, OTHER_MODEL]) {
    const { completion } = await agentOn(client, { model }).run('Who are you?')
    expect(completion.model.startsWith(model), completion.model).toBe(true)
  }
})

test('several models answer the same question at once', async ({ client }) => {
  const models = [OTHER_MODEL, MODEL]
  const runs = await Promise.all(models.map((model) => agentOn(client, { model }).run('Is water wet?')))
  const answered = runs.map(({ completion }) => models.find((model) => completion.model.startsWith(model)))
  expect(answered).toEqual(models)
  expect(new Set(runs.map(({ completion }) => completion.id)).size).toBe(2)
})

test('every chunk of a stream names its model', async ({ client }) => {
  const chunks = await listOf(agentOn(client, { model: OTHER_MODEL }).runStreaming('Is fire hot?'))
  expect(chunks.filter(({ model }) => !model.startsWith(OTHER_MODEL))).toEqual([])
})

test('the models that the suite uses exist', async ({ client }) => {
  for (const id of [MODEL, OTHER_MODEL]) {
    expect(await client.models.retrieve(id)).toMatchObject({ id, object: 'model' })
  }
})
