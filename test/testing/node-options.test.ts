import { expect, test } from 'vitest'
import { askingProject, countingUpstream } from '../support/node-test.ts'

test('node --test-update-snapshots records, but not in CI, nor where the environment says replay', async () => {
  const tests = await askingProject(
    `test('updates', async () => { assert.match(await ask('Paris'), /to Paris/) })`,
  )
  const { env, asked } = await countingUpstream()
  const update = ['--test-update-snapshots']
  expect(await tests.run({ ...env, CI: 'true' }, update)).toMatchObject({ status: 1 })
  expect(await tests.run({ ...env, OPENAI_VCR_MODE: 'replay' }, update)).toMatchObject({ status: 1 })
  expect(asked()).toBe(0)
  const updated = await tests.run(env, update)
  expect(updated).toMatchObject({ status: 0, outcomes: { updates: 'passed' } })
  expect(updated.diagnostics.join()).toContain('recorded 1 interaction in cassettes/weather/updates.yaml')
  const again = await tests.run(env, [...update, '--test-isolation=none'])
  expect(again.diagnostics.join()).toContain('replacing 1')
  expect(await tests.run()).toMatchObject({ status: 0 })
})

test('in CI a mode in code records nothing', async () => {
  const tests = await askingProject(`
    test('records', { cassette: { mode: 'record' } }, async () => { assert.match(await ask('Paris'), /to Paris/) })`)
  const { env, asked } = await countingUpstream()
  expect(await tests.run({ ...env, CI: 'true' })).toMatchObject({
    status: 1,
    outcomes: { records: 'failed' },
  })
  expect(asked()).toBe(0)
  expect(await tests.cassettes()).toEqual({})
  expect(await tests.run(env)).toMatchObject({ status: 0, outcomes: { records: 'passed' } })
})

test('what a replay does not ask for is told, or an error on demand', async () => {
  const tests = await askingProject(`
    test('asks', async () => { for (const n of (process.env.ASKS ?? 'one').split(' ')) await ask(n) })
    test('asks for all', { cassette: { name: 'weather/asks', strictUnused: true } }, async () => { await ask('one') })`)
  const { env } = await countingUpstream()
  await tests.run({ ...env, OPENAI_VCR_MODE: 'record', ASKS: 'one two' }, ['--test-name-pattern=^asks$'])
  const { outcomes, diagnostics, tests: ended } = await tests.run()
  expect(outcomes).toEqual({ asks: 'passed', 'asks for all': 'failed' })
  expect(diagnostics.join()).toContain("interaction 2 of 'weather/asks' (POST /v1/chat/completions)")
  expect(ended['asks for all']?.error).toContain('1 recorded interaction was never played')
})

test('tests of one name have cassettes of their own, and one may be named', async () => {
  const tests = await askingProject(`
    test('twin', async () => { assert.match(await ask('first'), /to first/) })
    test('twin', async () => { assert.match(await ask('second'), /to second/) })
    test('named', { cassette: { name: 'shelf/mine' } }, async () => { await ask('mine') })`)
  const { env } = await countingUpstream()
  await tests.run({ ...env, OPENAI_VCR_MODE: 'record' })
  const cassettes = await tests.cassettes()
  expect(Object.keys(cassettes)).toEqual(['shelf/mine', 'weather/twin', 'weather/twin-2'])
  expect(cassettes['weather/twin-2']).toContain('to second')
  expect(await tests.run()).toMatchObject({ status: 0 })
})

test('options that are none, and expectFailure, are refused by name', async () => {
  const tests = await askingProject(`
    test('misspelt', { cassette: { repeats: 'last' } }, async () => {})
    test('nothing', { cassette: null }, async () => {})
    test('flipped', { expectFailure: true }, async () => { await ask('Paris') })`)
  const { tests: ended } = await tests.run()
  expect(ended['misspelt']?.error).toContain(
    "test 'misspelt' (weather.test.js): unknown option `repeats`; did you mean `repeat`?",
  )
  expect(ended['nothing']?.error).toContain(
    "test 'nothing' (weather.test.js): options: expected an object, such as { repeat: 'last' }, found null",
  )
  expect(ended['flipped']?.error).toContain('use assert.rejects() in the test')
})

test('a cassette that two would record anew is recorded by the first, and refused to the second', async () => {
  const tests = await askingProject(`
    test('first', { cassette: { name: 'one' } }, async () => { assert.match(await ask('first'), /to first/) })
    test('second', { cassette: { name: 'one' } }, async () => { assert.match(await ask('second'), /to second/) })
    for (const name of ['north', 'south'])
      describe(name, () => { useCassette('two'); test('in the ' + name, async () => { await ask(name) }) })`)
  const { env, asked } = await countingUpstream()
  const { status, tests: ended, suites } = await tests.run({ ...env, OPENAI_VCR_MODE: 'record' })
  expect(status).toBe(1)
  expect(asked()).toBe(2)
  expect(ended['second']?.error).toContain(
    "cassette 'one' is also used by test 'first' (weather.test.js): in the mode 'record', each would replace",
  )
  expect(suites['south']).toContain("also used by suite 'north' (weather.test.js)")
  const { one, two } = await tests.cassettes()
  expect(one).toContain('to first')
  expect(two).toContain('north')
  expect(await tests.run({ ...env, OPENAI_VCR_MODE: 'record-missing' })).toMatchObject({ status: 0 })
  expect(await tests.run()).toMatchObject({ status: 0 })
})
