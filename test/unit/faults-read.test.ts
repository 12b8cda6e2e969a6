import { expect, test } from 'vitest'
import type { RecordedRequest } from '../../src/cassette/cassette.ts'
import { UsageError } from '../../src/messages/errors.ts'
import { optionsFrom } from '../../src/json/input/place.ts'
import { type FaultOptions, faultPlan } from '../../src/policies/faults/plan.ts'
import { faultOptions } from '../../src/policies/faults/shapes.ts'
import { type Fault, type FaultCondition, inWords, isAbout } from '../../src/policies/faults/rules.ts'
import { ERROR_NAMES } from '../../src/openai/errors/catalogue.ts'

const place = optionsFrom('f.json', (text) => text, { noun: 'field' })
const options = (data: unknown): FaultOptions => faultOptions(ERROR_NAMES).read(data, place)
const read = (data: unknown): readonly Fault[] => faultPlan(options(data)).faults

const WRONG: Readonly<Record<string, readonly [data: unknown, message: string]>> = {
  'no list': [
    'reset',
    'f.json: expected a list of faults, or an object with `faults` and `limits`, such as {',
  ],
  'an unknown part': [{ fault: [] }, 'f.json: unknown field `fault`; did you mean `faults`?'],
  'faults that are no list': [{ faults: {} }, 'f.json: field `faults`: expected a list of faults, such as ['],
  'a rule that is no object': [
    [1],
    'f.json: field `[0]`: expected an object, such as { nth: 2, reset: true }, found 1',
  ],
  'an unknown field': [
    [{ reset: true }, { rest: true }],
    'f.json: unknown field `[1].rest`; did you mean `reset`?',
  ],
  'an unknown condition': [
    [{ when: { modl: 'x' }, reset: true }],
    'f.json: unknown field `[0].when.modl`; did you mean `model`?',
  ],
  'an unknown error': [
    { faults: [{ error: 'server_eror' }] },
    "f.json: field `faults[0].error`: expected the name of an error, such as 'context_length_exceeded', found 'server_eror'; did you mean 'server_error'?",
  ],
  'an error that is far from all': [
    [{ error: 'teapot' }],
    `expected '${ERROR_NAMES.slice(0, -1).join("', '")}' or '${ERROR_NAMES.at(-1)}', found 'teapot'`,
  ],
  'nothing to do': [[{ nth: 1 }], 'f.json: field `[0]`: does nothing; give it one of `error`, `answer`,'],
  'two things to do': [[{ reset: true, timeout: true }], 'does more than one thing: `timeout`, `reset`'],
  'two turns': [[{ nth: 1, every: 2, reset: true }], 'f.json: field `[0]`: has `nth` and `every`'],
  'a turn before the first': [
    [{ nth: 0, reset: true }],
    'field `[0].nth`: expected a whole number from 1, such as 2, found 0',
  ],
  'turns of which one is none': [
    [{ nth: [1, 0], reset: true }],
    'field `[0].nth[1]`: expected a whole number from 1, such as 2, found 0',
  ],
  'a turn that is no number': [
    [{ first: '2', reset: true }],
    "field `[0].first`: expected a whole number from 1, such as 2, found '2'",
  ],
  'a delay that is none': [
    [{ delay: -1 }],
    'field `[0].delay`: expected a whole number from 1, such as 500, found -1',
  ],
  'a reset that is not': [[{ reset: false }], 'field `[0].reset`: expected true, found false'],
  'a cut without a place': [
    [{ cut: {} }],
    'field `[0].cut.after`: expected a whole number from 0, such as 3, found nothing',
  ],
  'a cut that is a number': [
    [{ cut: 3 }],
    'f.json: field `[0].cut`: expected an object, such as { after: 3 }, found 3',
  ],
  'a stall without a time': [
    [{ stall: { after: 1 } }],
    'field `[0].stall.ms`: expected a whole number from 1',
  ],
  'an event before the first': [
    [{ corrupt: { event: 0 } }],
    'field `[0].corrupt.event`: expected a whole number from 1',
  ],
  'an unknown error of a stream': [
    [{ errorEvent: { at: 1, error: 'x' } }],
    "field `[0].errorEvent.error`: expected 'context_length_exceeded', ",
  ],
  'a status that is none': [
    [{ answer: { status: 99 } }],
    'field `[0].answer.status`: expected a whole number from 200 to 599, such as 503, found 99',
  ],
  'a header that cannot be sent': [
    [{ answer: { status: 200, headers: { 'x y': 'z' } } }],
    "field `[0].answer.headers['x y']`: expected the name of a header, such as 'retry-after', found 'x y'",
  ],
  'a header that is no text': [
    [{ answer: { status: 200, headers: { 'retry-after': 3 } } }],
    "field `[0].answer.headers.retry-after`: expected a string that HTTP can send, such as '20', found 3",
  ],
  'a code that WebSockets do not have': [
    [{ close: { code: 42 } }],
    'field `[0].close.code`: expected a code of WebSockets that can be sent: 1000 to 1003, 1007 to 1014, or 3000 to 4999, found 42',
  ],
  'the code of a connection that breaks': [
    [{ close: { code: 1006 } }],
    'f.json: field `[0].close.code`: expected a code that can be sent, found 1006, which stands for a connection that breaks: use `cut`',
  ],
  'a code that cannot be sent': [[{ close: { code: 1005 } }], 'expected a code of WebSockets'],
  'a reason that is too long': [
    [{ close: { code: 1000, reason: 'ä'.repeat(62) } }],
    'field `[0].close.reason`: expected a reason of 123 bytes at most',
  ],
  'a close behind no frame': [
    [{ close: { code: 1000, after: -1 } }],
    'field `[0].close.after`: expected a whole number from 0, such as 3, found -1',
  ],
  'a choice of WebSockets that is none': [
    [{ when: { websocket: 1 }, reset: true }],
    'f.json: field `[0].when.websocket`: expected true or false, found 1',
  ],
  'plain requests that are to be closed': [
    [{ when: { websocket: false }, close: { code: 1000 } }],
    '`close` happens to WebSockets only; leave `when.websocket` out',
  ],
  'a body that a handshake does not have': [
    [{ when: { websocket: true, body: { '$.model': 'x' } }, reset: true }],
    'field `[0].when.body`: has no meaning for WebSockets, whose handshakes have no body',
  ],
  'a body of what is to be closed': [
    [{ when: { body: { '$.model': 'x' } }, close: { code: 1000 } }],
    'field `[0].when.body`: has no meaning for WebSockets',
  ],
  'a path of the body that is none': [
    [{ when: { body: { model: 'x' } }, reset: true }],
    "f.json: field `[0].when.body.model`: expected a JSON path, such as '$.messages[*].name', found 'model'",
  ],
  'limits without any': [
    { limits: { 'gpt-4o': {} } },
    'f.json: field `limits.gpt-4o`: expected { requests: 3 }, { tokens: 1000 } or both, found an empty object',
  ],
  'an unknown limit': [
    { limits: { '*': { request: 1 } } },
    "f.json: unknown field `limits['*'].request`; did you mean `requests`?",
  ],
  'a limit of nothing': [
    { limits: { '*': { tokens: 0 } } },
    "f.json: field `limits['*'].tokens`: expected a whole number from 1, such as 1000, found 0",
  ],
}

for (const [what, [data, message]] of Object.entries(WRONG)) {
  test(`faults with ${what} are refused, with the file, the rule and the field named`, () => {
    expect(() => read(data)).toThrow(UsageError)
    expect(() => read(data)).toThrow(message)
  })
}

test('a file is a list of faults, or has it and limits', () => {
  expect(options([{ reset: true }])).toEqual({ faults: [{ reset: true }] })
  expect(options({ limits: {} })).toEqual({ limits: {} })
})

test('the turns of a fault', () => {
  const turns = (rule: object): number[] => {
    const [fault] = read([{ ...rule, reset: true }])
    return [1, 2, 3, 4, 5, 6].filter((n) => fault?.isDue(n))
  }
  expect(turns({})).toEqual([1, 2, 3, 4, 5, 6])
  expect(turns({ nth: 2 })).toEqual([2])
  expect(turns({ nth: [1, 4] })).toEqual([1, 4])
  expect(turns({ first: 3 })).toEqual([1, 2, 3])
  expect(turns({ every: 3 })).toEqual([3, 6])
})

const request = (body: string, more: Partial<RecordedRequest> = {}): RecordedRequest => ({
  method: 'POST',
  path: '/v1/chat/completions?x=1',
  headers: [],
  body: { kind: 'json', text: body },
  ...more,
})

const about = (
  when: FaultCondition,
  asked: RecordedRequest,
  model?: string,
  by: 'http' | 'socket' = 'http',
): boolean => {
  const [fault] = read([{ when, reset: true }])
  return isAbout((fault as Fault).when, asked, by, model)
}

test('a fault is about the requests for which all its conditions hold', () => {
  const asked = request('{"stream":true,"messages":[{"role":"system"},{"role":"user"}],"n":null}')
  const holds = (when: FaultCondition): boolean => about(when, asked, 'gpt-4o-mini')
  expect(holds({})).toBe(true)
  expect([holds({ method: 'post' }), holds({ method: 'GET' })]).toEqual([true, false])
  expect([holds({ path: '/v1/chat/*' }), holds({ path: '/v1/chat' })]).toEqual([true, false])
  expect([holds({ path: '/v1/chat/completions' }), holds({ path: '/v1.chat/completions' })]).toEqual([
    true,
    false,
  ])
  expect([holds({ model: 'gpt-4o*' }), holds({ model: 'gpt-4o' })]).toEqual([true, false])
  expect([holds({ body: { '$.stream': true } }), holds({ body: { '$.stream': 'true' } })]).toEqual([
    true,
    false,
  ])
  expect([holds({ body: { '$.n': null } }), holds({ body: { '$.m': null } })]).toEqual([true, false])
  expect(holds({ body: { '$.messages[*].role': 'user' } })).toBe(true)
  expect(holds({ body: { '$.messages[0].role': 'user' } })).toBe(false)
  expect(holds({ body: { '$.messages[0]': { role: 'system' } } })).toBe(true)
  expect(holds({ model: 'gpt-4o*', body: { '$.stream': false } })).toBe(false)
})

test('a fault is about WebSockets or about plain requests, which it is unless it says so', () => {
  const asked = request('', { method: 'GET', path: '/v1/realtime?model=m', body: { kind: 'empty' } })
  const holds = (when: FaultCondition): boolean[] =>
    (['http', 'socket'] as const).map((by) => about(when, asked, 'm', by))
  expect(holds({})).toEqual([true, false])
  expect(holds({ websocket: false })).toEqual([true, false])
  expect(holds({ websocket: true, path: '/v1/realtime', model: 'm' })).toEqual([false, true])
  const [closing] = read([{ close: { code: 1000 } }])
  expect((['http', 'socket'] as const).map((by) => isAbout(closing!.when, asked, by, 'm'))).toEqual([
    false,
    true,
  ])
})

test('of a form its texts count, and of other bodies nothing', () => {
  const text = (name: string, value: string) => ({ name, content: { kind: 'text' as const, text: value } })
  const form = request('', { body: { kind: 'multipart', parts: [text('model', 'whisper-1')] } })
  expect(about({ body: { '$.model': 'whisper-1' } }, form)).toBe(true)
  expect(about({ body: { '$.model': 'whisper-1' } }, request('', { body: { kind: 'empty' } }))).toBe(false)
  expect(about({ model: '*' }, request('{}'))).toBe(false)
})

test('each fault in words', () => {
  const words = read([
    { error: 'server_error' },
    { answer: { status: 418 }, delay: 5 },
    { delay: 7 },
    { timeout: true },
    { reset: true },
    { cut: { after: 2 } },
    { stall: { after: 2, ms: 30 } },
    { corrupt: { event: 2 } },
    { errorEvent: { at: 3 } },
    { close: { code: 1011 } },
    { close: { code: 1011, after: 3 } },
    { when: { websocket: true }, stall: { after: 1, ms: 5 } },
    { when: { websocket: true }, errorEvent: { at: 1 } },
  ]).map(inWords)
  expect(words).toEqual([
    'fault 1: the error server_error',
    'fault 2: after 5 ms, a custom response with status 418',
    'fault 3: a delay of 7 ms',
    'fault 4: no response',
    'fault 5: a connection reset',
    'fault 6: the connection cut after event 2',
    'fault 7: a stall of 30 ms after event 2',
    'fault 8: event 2 corrupted',
    'fault 9: the error server_error in place of event 3',
    'fault 10: the WebSocket closed with 1011',
    'fault 11: the WebSocket closed with 1011 after frame 3',
    'fault 12: a stall of 5 ms after frame 1',
    'fault 13: the error server_error in place of frame 1',
  ])
})
