import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AnswerRecord } from '../../src/api/answer.ts'
import type { RecordedResponse, ResponseBody } from '../../src/cassette/cassette.ts'
import { readEvent } from '../../src/http/sse.ts'
import { readAnswer } from '../../src/openai/answers/read-answer.ts'
import { AnswerReader } from '../../src/openai/answers/reader.ts'
import {
  chatJson,
  chatStream,
  manner,
  type Manner,
  responseFrames,
  responseJson,
  responseStream,
  type WrittenAnswer,
  writtenAnswer,
} from '../support/written-answers.ts'

const answerWith = (body: ResponseBody): RecordedResponse => ({ status: 200, headers: [], body })

/** A text of each kind, all calls and the usage, as every reader has to see them. */
interface Seen {
  readonly text: string
  readonly refusal: string
  readonly reasoning: string
  readonly calls: readonly (readonly [name: string, input: string])[]
  readonly usage: { readonly input: number; readonly output: number } | undefined
}

function seenIn({ outputs, results }: AnswerRecord): Seen {
  const texts = outputs.flatMap((output) => output.texts)
  const of = (kind: string): string =>
    texts.flatMap((each) => (each.kind === kind ? [each.text] : [])).join('')
  const { input, output } = results[0]?.usage?.tokens ?? {}
  return {
    text: of('text'),
    refusal: of('refusal'),
    reasoning: of('reasoning'),
    calls: outputs.flatMap(({ calls }) => calls.map(({ name, input: given }) => [name, given] as const)),
    usage: input === undefined || output === undefined ? undefined : { input, output },
  }
}

function written({ choices, usage }: WrittenAnswer): Seen {
  return {
    text: choices.map(({ text }) => text).join(''),
    refusal: choices.map(({ refusal }) => refusal).join(''),
    reasoning: choices.map(({ reasoning }) => reasoning).join(''),
    calls: choices.flatMap(({ calls }) => calls.map(({ name, input }) => [name, input] as const)),
    usage,
  }
}

const CHAT_FORMS: readonly ((answer: WrittenAnswer, manners: Manner) => ResponseBody)[] = [
  chatJson,
  chatStream,
]
const RESPONSE_FORMS = [responseJson, responseStream, responseFrames]

test('a chat completion reads as it was written, whole or streamed', () => {
  fc.assert(
    fc.property(writtenAnswer(), manner, fc.constantFrom(...CHAT_FORMS), (answer, manners, form) => {
      const record = readAnswer(answerWith(form(answer, manners)))
      expect(seenIn(record)).toEqual(written(answer))
      expect(record.calls).toEqual(record.outputs.flatMap(({ calls }) => calls))
    }),
  )
})

test('a Response reads as it was written, whole, streamed or over a WebSocket', () => {
  fc.assert(
    fc.property(writtenAnswer(1), manner, fc.constantFrom(...RESPONSE_FORMS), (answer, manners, form) => {
      const record = readAnswer(answerWith(form(answer, manners)))
      const isCutOff = form !== responseJson && manners.lacks === 'end'
      expect(seenIn(record)).toEqual({ ...written(answer), ...(isCutOff && { usage: undefined }) })
      if (!isCutOff) expect(record.calls).toEqual(record.outputs.flatMap(({ calls }) => calls))
    }),
  )
})

test('a stream that is read event by event reads at each event as if it ended there', () => {
  fc.assert(
    fc.property(
      writtenAnswer(1),
      manner,
      fc.constantFrom(chatStream, responseStream),
      (answer, manners, form) => {
        const body = form(answer, manners)
        if (body.kind !== 'events') throw new Error('no stream')
        const reader = new AnswerReader('a stream of events')
        for (const [i, { raw }] of body.events.entries()) {
          reader.add(readEvent(raw))
          const sofar = { kind: 'events' as const, events: body.events.slice(0, i + 1) }
          expect(reader.record).toEqual(readAnswer(answerWith(sofar)))
        }
      },
    ),
    { numRuns: 50 },
  )
})

test('an answer is read once, however often it is needed', () => {
  const response = answerWith(
    chatJson({ choices: [], usage: { input: 1, output: 1 } }, { cuts: [] } as never),
  )
  expect(readAnswer(response)).toBe(readAnswer(response))
})
