import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AnswerRecord } from '../../src/api/answer.ts'
import type { RecordedRequest, RecordedResponse, ResponseBody } from '../../src/cassette/cassette.ts'
import { readEvent } from '../../src/http/sse.ts'
import { readAnswer } from '../../src/openai/answers/read-answer.ts'
import { AnswerReader } from '../../src/openai/answers/read-answer.ts'
import { summarizeResponse } from '../../src/openai/answers/summary.ts'
import { rewireRules } from '../../src/openai/rewire-rules.ts'
import { estimateInput } from '../../src/openai/usage/estimate-input.ts'
import { usageSightings } from '../../src/openai/usage/sightings.ts'
import { locatedValues } from '../../src/rerecord/rewire/locations.ts'
import { changesBetween } from '../support/drifting.ts'
import { asked } from '../support/rewiring.ts'
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

/** The requests that lead to these answers. */
const CHAT = asked('POST /v1/chat/completions', {
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Hi' }],
})
const RESPONSE = asked('POST /v1/responses', { model: 'gpt-4o-mini', input: 'Hi' })

function usageIn(request: RecordedRequest, body: ResponseBody): Seen['usage'] {
  const { input, output } = usageSightings(request, answerWith(body))[0]?.uses?.[0]?.tokens ?? {}
  return input === undefined || output === undefined ? undefined : { input, output }
}

/** What `show` prints, in whichever of its forms. */
function shownIn(body: ResponseBody): Omit<Seen, 'usage'> {
  const lines = summarizeResponse(answerWith(body))
  const of = (pattern: RegExp): string =>
    lines.flatMap(({ label, text }) => (pattern.test(label) ? [text] : [])).join('')
  const calls = lines.flatMap(({ label, text }): (readonly [string, string])[] => {
    const [, streamed] = /^tool call (\w+)/.exec(label) ?? []
    if (streamed !== undefined) return [[streamed, text]]
    if (label === 'call') return [[text.slice(0, text.indexOf('(')), text.slice(text.indexOf('(') + 1, -1)]]
    if (!label.endsWith('_call')) return []
    const item = JSON.parse(text) as { name: string; arguments?: string; input?: string }
    return [[item.name, item.arguments ?? item.input ?? '']]
  })
  return {
    text: of(/^(?:text|assistant|message)/),
    refusal: of(/^refusal/),
    reasoning: of(/^reasoning/),
    calls,
  }
}

/** What an estimate counts of each choice. */
function countedIn(body: ResponseBody): readonly string[] {
  return estimateInput(CHAT, answerWith(body), 'gpt-4o-mini')?.output?.texts ?? []
}

/** Several calls are counted as one of a function that calls them. */
function countedOf({ choices }: WrittenAnswer): readonly string[] {
  return choices.flatMap(({ reasoning, text, refusal, calls }) => {
    const uses = calls.map(
      ({ name, input }) => `{"recipient_name":"functions.${name}","parameters":${input}}`,
    )
    const parallel = ['multi_tool_use.parallel', `{"tool_uses":[${uses.join(',')}]}`]
    const single = calls.flatMap(({ name, input }) => [name, input])
    return [
      ...[reasoning, text, refusal].filter((each) => each !== ''),
      ...(calls.length > 1 ? parallel : single),
    ]
  })
}

/** Every string of the documents from which re-recording takes values. */
function valuesIn(body: ResponseBody): ReadonlySet<string> {
  const values = locatedValues(readAnswer(answerWith(body)), [], rewireRules)
  return new Set([...values].filter(({ isEntireString }) => isEntireString).map(({ value }) => value))
}

function textsOf(answer: WrittenAnswer): readonly string[] {
  return answer.choices.flatMap(({ reasoning, text, refusal, calls }) => [
    ...[reasoning, text, refusal].filter((each) => each !== ''),
    ...calls.flatMap(({ name, input }) => [name, input]),
  ])
}

test('show, usage, estimates and re-recording see of a chat completion what was written', () => {
  fc.assert(
    fc.property(writtenAnswer(), manner, fc.constantFrom(...CHAT_FORMS), (answer, manners, form) => {
      const body = form(answer, manners)
      const { usage, ...said } = written(answer)
      expect(shownIn(body)).toEqual(said)
      expect(usageIn(CHAT, body)).toEqual(usage)
      expect(countedIn(body).toSorted()).toEqual(countedOf(answer).toSorted())
      expect([...valuesIn(body)]).toEqual(expect.arrayContaining([...textsOf(answer)]))
    }),
  )
})

test('show, usage and re-recording see of a Response what was written', () => {
  fc.assert(
    fc.property(writtenAnswer(1), manner, fc.constantFrom(...RESPONSE_FORMS), (answer, manners, form) => {
      const body = form(answer, manners)
      const isCutOff = form !== responseJson && manners.lacks === 'end'
      const { usage, ...said } = written(answer)
      expect(shownIn(body)).toEqual(said)
      expect(usageIn(RESPONSE, body)).toEqual(isCutOff ? undefined : usage)
      if (!isCutOff) expect([...valuesIn(body)]).toEqual(expect.arrayContaining([...textsOf(answer)]))
    }),
  )
})

test('drift sees the same however an answer was cut, and another one where a text is another', () => {
  const forms = [chatStream, responseStream, responseFrames]
  fc.assert(
    fc.property(
      writtenAnswer(1),
      manner,
      manner,
      fc.constantFrom(...forms),
      (answer, manners, others, form) => {
        const again = { ...manners, cuts: others.cuts, repeatsNames: others.repeatsNames }
        expect(changesBetween(form(answer, manners), form(answer, again))).toEqual({ kind: [], words: [] })
        const other = {
          ...answer,
          choices: answer.choices.map((each) => ({ ...each, text: `${each.text}!` })),
        }
        const { kind, words } = changesBetween(form(answer, manners), form(other, again))
        expect(kind.length + words.length).toBeGreaterThan(0)
      },
    ),
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
