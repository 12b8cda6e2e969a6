import type { RecordedResponse, ResponseBody } from '../../cassette/cassette.ts'
import { headerValue } from '../../http/message.ts'
import { parseJson } from '../../json/json.ts'
import type { Form } from '../../api/answer.ts'

/** What an answer is that is no stream of events. */
export function formOf(headers: RecordedResponse['headers'], body: ResponseBody): Form {
  switch (body.kind) {
    case 'json':
    case 'text':
      return formOfText(body.text, headerValue(headers, 'content-type') ?? '')
    case 'events':
      return 'a stream of events'
    case 'frames':
      return 'a conversation'
    case 'empty':
      return 'nothing'
    default:
      return 'bytes'
  }
}

function formOfText(text: string, type: string): Form {
  if (text.trim() === '') return 'nothing'
  const json = parseJson(text)
  if (typeof json === 'object' && json !== null) return 'JSON'
  return /\bhtml\b/.test(type) || /^\s*<(?:!doctype\s+)?html\b/i.test(text) ? 'HTML' : 'text'
}
