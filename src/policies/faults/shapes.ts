import { LIMITS } from '../../api/limits.ts'
import { encodeText } from '../../http/bytes.ts'
import { object, record } from '../../json/input/object.ts'
import type { InputPlace } from '../../json/input/place.ts'
import {
  BOOLEAN,
  either,
  list,
  literal,
  oneOf,
  optional,
  parsed,
  type Shape,
  string,
  wholeNumber,
} from '../../json/input/shape.ts'
import type { Json } from '../../json/json.ts'
import { JSON_PATH } from '../../json/path.ts'
import type { FaultOptions } from './plan.ts'
import { FAULT_KINDS, type FaultAnswer, type FaultCondition, type FaultRule } from './rules.ts'

const TURNS = ['nth', 'first', 'every'] as const

/**
 * A list of faults, or an object with faults and limits.
 * @param errors names of the errors that the API is known to answer
 */
export function faultOptions(errors: readonly string[]): Shape<FaultOptions> {
  const expected =
    'a list of faults, or an object with `faults` and `limits`, such as { faults: [{ nth: 2, reset: true }] }'
  const rules = faultRules(errors)
  const both = object<FaultOptions>(expected, { faults: optional(rules), limits: optional(LIMITS) })
  const alone = parsed(rules, (faults): FaultOptions => ({ faults }))
  return either<FaultOptions>(expected, [alone, both], (value) => (Array.isArray(value) ? alone : both))
}

export function faultRules(errors: readonly string[]): Shape<readonly FaultRule[]> {
  return list(ruleShape(errors), 'a list of faults, such as [{ nth: 2, reset: true }]')
}

function ruleShape(errors: readonly string[]): Shape<FaultRule> {
  const error = oneOf(errors, `the name of an error, such as '${errors[0]}'`)
  const rule = object<FaultRule>('an object, such as { nth: 2, reset: true }', {
    when: optional(CONDITION),
    nth: optional(NUMBERS),
    first: optional(wholeNumber({ from: 1 }, 2)),
    every: optional(wholeNumber({ from: 1 }, 3)),
    error: optional(error),
    answer: optional(ANSWER),
    delay: optional(MILLISECONDS),
    timeout: optional(literal(true)),
    reset: optional(literal(true)),
    cut: optional(object('an object, such as { after: 3 }', { after: BEHIND })),
    stall: optional(object('an object, such as { after: 3, ms: 500 }', { after: BEHIND, ms: MILLISECONDS })),
    corrupt: optional(object('an object, such as { event: 2 }', { event: EVENT })),
    errorEvent: optional(object('an object, such as { at: 2 }', { at: EVENT, error: optional(error) })),
    close: optional(
      object('an object, such as { code: 1011 }', {
        code: CLOSE_CODE,
        reason: optional(CLOSE_REASON),
        after: optional(BEHIND),
      }),
    ),
  })
  return parsed(rule, (fault, place) => {
    refuseContradictions(fault, place)
    return fault
  })
}

const BEHIND = wholeNumber({ from: 0 }, 3)
const EVENT = wholeNumber({ from: 1 }, 2)
const MILLISECONDS = wholeNumber({ from: 1 }, 500)

const NUMBER = wholeNumber({ from: 1 }, 2)
const LIST_OF_NUMBERS = list(NUMBER, 'a list of whole numbers, such as [1, 3]')

const NUMBERS = either<number | readonly number[]>(
  'a whole number from 1 or a list of them, such as 2 or [1, 3]',
  [NUMBER, LIST_OF_NUMBERS],
  (value) => (Array.isArray(value) ? LIST_OF_NUMBERS : typeof value === 'number' ? NUMBER : undefined),
)

const ANYTHING: Shape<Json> = { expected: 'a value', read: (value) => value as Json, schema: () => ({}) }

const CONDITION = parsed(
  object<FaultCondition>("an object, such as { path: '/v1/files' }", {
    websocket: optional(BOOLEAN),
    method: optional(string("a method, such as 'POST'")),
    path: optional(string("a path, such as '/v1/*'")),
    model: optional(string("a model, such as 'o4-mini*'")),
    body: optional(
      record(ANYTHING, "an object of JSON paths and values, such as { '$.stream': true }", JSON_PATH),
    ),
  }),
  (when, place) =>
    when.websocket === true && when.body !== undefined
      ? place.at('body').refuse('has no meaning for WebSockets, whose handshakes have no body')
      : when,
)

const ANSWER = object<FaultAnswer>('an object, such as { status: 418 }', {
  status: wholeNumber({ from: 200, to: 599 }, 503),
  headers: optional(
    record(
      string("a string that HTTP can send, such as '20'", /^[\t\x20-\x7E\x80-\xFF]*$/),
      "an object of names and values, such as { 'retry-after': '20' }",
      string("the name of a header, such as 'retry-after'", /^[\w!#$%&'*+.^`|~-]+$/),
    ),
  ),
  body: optional(ANYTHING),
})

const CLOSE_CODE = parsed(wholeNumber({ from: 0 }, 1011), (code, place) => {
  if (code === 1006)
    return place.refuse(
      'expected a code that can be sent, found 1006, which stands for a connection that breaks: use `cut`',
    )
  // 1004 to 1006 are never sent.
  const isStandard = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
  if (isStandard || (code >= 3000 && code <= 4999)) return code
  return place.expected(
    'a code of WebSockets that can be sent: 1000 to 1003, 1007 to 1014, or 3000 to 4999',
    code,
  )
})

const CLOSE_REASON = string(
  "a reason of 123 bytes at most, such as 'going away'",
  (reason) => encodeText(reason).length <= 123,
)

function refuseContradictions(rule: FaultRule, place: InputPlace): void {
  const kinds = FAULT_KINDS.filter((kind) => rule[kind] !== undefined)
  if (kinds.length > 1)
    place.refuse(`does more than one thing: ${inBackticks(kinds)}; give each a fault of its own`)
  const turns = TURNS.filter((turn) => rule[turn] !== undefined)
  if (turns.length > 1) place.refuse(`has ${inBackticks(turns, ' and ')}; give one of them`)
  if (kinds.length === 0 && rule.delay === undefined)
    place.refuse(`does nothing; give it one of ${inBackticks([...FAULT_KINDS, 'delay'])}`)
  if (rule.close !== undefined && rule.when?.websocket === false)
    place.refuse('`close` happens to WebSockets only; leave `when.websocket` out')
  if (rule.close !== undefined && rule.when?.body !== undefined)
    place.at('when').at('body').refuse('has no meaning for WebSockets, whose handshakes have no body')
}

function inBackticks(names: readonly string[], between = ', '): string {
  return names.map((name) => `\`${name}\``).join(between)
}
