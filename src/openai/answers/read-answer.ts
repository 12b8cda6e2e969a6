import type { RecordedResponse } from '../../cassette/cassette.ts'
import type { AnswerForm, AnswerRecord, ReadAnswer, StreamForm } from '../../api/answer.ts'
import { frameTexts } from '../../cassette/bodies/body.ts'
import { headerValue } from '../../http/message.ts'
import { parseJson } from '../../json/json.ts'
import { documentOf } from './documents.ts'
import { type SentEvent, sentEvents } from './events.ts'
import { outputsOf } from './outputs.ts'
import { AnswerReader, recordOf } from './reader.ts'
import { resultsOf } from './results.ts'

const records = new WeakMap<RecordedResponse, AnswerRecord>()

/** Reads a response on first use and caches the result. */
export const readAnswer: ReadAnswer = (response) => {
  const known = records.get(response)
  if (known !== undefined) return known
  const record = read(response)
  records.set(response, record)
  return record
}

function read({ headers, body }: RecordedResponse): AnswerRecord {
  const events = sentEvents(body)
  if (events !== undefined) return recordOfEvents('a stream of events', events)
  switch (body.kind) {
    case 'frames':
      return recordOfEvents(
        'a conversation',
        frameTexts(body.frames, 'server').map((data) => ({ data })),
      )
    case 'json':
    case 'text': {
      const json = parseJson(body.text)
      const isStructured = typeof json === 'object' && json !== null
      const form = isStructured ? 'JSON' : formOfText(body.text, headerValue(headers, 'content-type') ?? '')
      return recordOf(form, [documentOf('body', json ?? body.text)], {
        outputs: outputsOf(json ?? null),
        results: resultsOf(json ?? null),
        events: NO_EVENTS,
      })
    }
    default:
      return recordOf(body.kind === 'empty' ? 'nothing' : 'bytes', [], {
        outputs: [],
        results: [],
        events: NO_EVENTS,
      })
  }
}

const NO_EVENTS = { others: new Map<string, number>(), last: undefined, sequence: undefined }

function recordOfEvents(form: StreamForm, events: readonly SentEvent[]): AnswerRecord {
  const reader = new AnswerReader(form)
  for (const event of events) reader.add(event)
  return reader.record
}

function formOfText(text: string, type: string): AnswerForm {
  if (text.trim() === '') return 'nothing'
  return /\bhtml\b/.test(type) || /^\s*<(?:!doctype\s+)?html\b/i.test(text) ? 'HTML' : 'text'
}
