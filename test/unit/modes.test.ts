import { expect, test } from 'vitest'
import { UsageError } from '../../src/messages/errors.ts'
import { type Env, type Mode, MODES, planOf, resolveMode } from '../../src/engine/modes.ts'

const resolve = (given: { flag?: Mode; code?: Mode }, env: Env): Mode =>
  resolveMode(given, env, (text) => text.replaceAll('hunter2', '***'))

test('an unknown mode in the environment is refused with those that are known, and the nearest', () => {
  for (const text of ['recrod', 'Replay', 'none', 'constructor', '__proto__']) {
    expect(() => resolve({}, { OPENAI_VCR_MODE: text })).toThrow(UsageError)
    expect(() => resolve({}, { OPENAI_VCR_MODE: text })).toThrow(
      `OPENAI_VCR_MODE: expected 'replay', 'record-missing', 'once', 'record' or 'live', found '${text}'`,
    )
  }
  expect(() => resolve({}, { OPENAI_VCR_MODE: 'recrod' })).toThrow("; did you mean 'record'?")
  expect(() => resolve({}, { OPENAI_VCR_MODE: 'hunter2' })).toThrow("found '***'")
})

test('the flag goes before the environment, that before the code, that before replay', () => {
  const env = { OPENAI_VCR_MODE: 'live' }
  expect(resolve({ flag: 'once', code: 'record' }, env)).toBe('once')
  expect(resolve({ code: 'record' }, env)).toBe('live')
  expect(resolve({ code: 'record' }, {})).toBe('record')
  expect(resolve({}, {})).toBe('replay')
})

test('an empty variable says nothing', () => {
  expect(resolve({ code: 'record' }, { OPENAI_VCR_MODE: '', CI: '', USE_REAL_OPENAI: '' })).toBe('record')
})

test('under CI a mode that comes from code alone falls back to replay', () => {
  for (const CI of ['true', '1', 'yes']) {
    expect(resolve({ code: 'record' }, { CI })).toBe('replay')
    expect(resolve({ flag: 'record' }, { CI })).toBe('record')
    expect(resolve({ code: 'live' }, { CI, OPENAI_VCR_MODE: 'record' })).toBe('record')
  }
  for (const CI of ['false', '0']) expect(resolve({ code: 'record' }, { CI })).toBe('record')
})

test('USE_REAL_OPENAI is live where no mode is set', () => {
  expect(resolve({ code: 'record' }, { USE_REAL_OPENAI: 'true' })).toBe('live')
  expect(resolve({}, { USE_REAL_OPENAI: 'true', CI: '1' })).toBe('live')
  expect(resolve({}, { USE_REAL_OPENAI: 'true', OPENAI_VCR_MODE: 'replay' })).toBe('replay')
  expect(resolve({ flag: 'once' }, { USE_REAL_OPENAI: 'true' })).toBe('once')
  expect(resolve({}, { USE_REAL_OPENAI: '1' })).toBe('replay')
})

test('once records where there was no cassette, and replays where there was', () => {
  expect(planOf('once', false)).toEqual(planOf('record-missing', false))
  expect(planOf('once', true)).toEqual(planOf('replay', true))
})

test('only recording modes write, and replay never asks', () => {
  expect(MODES.filter((mode) => planOf(mode, true).writes !== 'never')).toEqual(['record-missing', 'record'])
  expect(MODES.filter((mode) => planOf(mode, true).asks === 'never')).toEqual(['replay', 'once'])
  expect(planOf('record', true)).toEqual({ reads: false, asks: 'always', writes: 'replaces' })
})
