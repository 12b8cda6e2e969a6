import { expect, test } from 'vitest'
import { UsageError } from '../../src/messages/errors.ts'
import { MODES, parseMode, planOf, resolveMode } from '../../src/engine/modes.ts'

test('every mode and every alias is known', () => {
  for (const mode of MODES) expect(parseMode(mode, 'a test')).toBe(mode)
  const aliases = {
    none: 'replay',
    playback: 'replay',
    new_episodes: 'record-missing',
    auto: 'record-missing',
    all: 'record',
    rewrite: 'record',
    off: 'live',
    passthrough: 'live',
  }
  for (const [alias, mode] of Object.entries(aliases)) expect(parseMode(alias, 'a test')).toBe(mode)
})

test('an unknown mode is refused with those that are known and the place it came from', () => {
  for (const text of ['recrod', '', 'Replay', 'constructor', '__proto__']) {
    expect(() => parseMode(text, 'OPENAI_VCR_MODE')).toThrow(UsageError)
    expect(() => parseMode(text, 'OPENAI_VCR_MODE')).toThrow(
      /in OPENAI_VCR_MODE; the modes are replay, record-missing, once, record, live/,
    )
  }
})

test('the flag goes before the environment, that before the code, that before replay', () => {
  const env = { OPENAI_VCR_MODE: 'live' }
  expect(resolveMode({ flag: 'once', code: 'record' }, env)).toBe('once')
  expect(resolveMode({ code: 'record' }, env)).toBe('live')
  expect(resolveMode({ code: 'record' }, {})).toBe('record')
  expect(resolveMode({}, {})).toBe('replay')
})

test('an empty variable says nothing', () => {
  expect(resolveMode({ code: 'record' }, { OPENAI_VCR_MODE: '', CI: '', USE_REAL_OPENAI: '' })).toBe('record')
})

test('under CI a mode that comes from code alone falls back to replay', () => {
  for (const CI of ['true', '1', 'yes']) {
    expect(resolveMode({ code: 'record' }, { CI })).toBe('replay')
    expect(resolveMode({ flag: 'record' }, { CI })).toBe('record')
    expect(resolveMode({ code: 'live' }, { CI, OPENAI_VCR_MODE: 'record' })).toBe('record')
  }
  for (const CI of ['false', '0']) expect(resolveMode({ code: 'record' }, { CI })).toBe('record')
})

test('an unknown mode in code is refused under CI too', () => {
  expect(() => resolveMode({ code: 'recrod' }, { CI: '1' })).toThrow(/the option 'mode'/)
})

test('USE_REAL_OPENAI is live where no mode is set', () => {
  expect(resolveMode({ code: 'record' }, { USE_REAL_OPENAI: 'true' })).toBe('live')
  expect(resolveMode({}, { USE_REAL_OPENAI: 'true', CI: '1' })).toBe('live')
  expect(resolveMode({}, { USE_REAL_OPENAI: 'true', OPENAI_VCR_MODE: 'replay' })).toBe('replay')
  expect(resolveMode({ flag: 'once' }, { USE_REAL_OPENAI: 'true' })).toBe('once')
  expect(resolveMode({}, { USE_REAL_OPENAI: '1' })).toBe('replay')
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
