import { isJsonObject, parseJson } from '../../json/json.ts'

/** Whether a stream has said all with this event, so that a client that leaves then has all of it. */
export function isFinalEvent({ name, data }: { readonly name?: string; readonly data?: string }): boolean {
  return data === '[DONE]' || FINAL_EVENTS.has(name ?? '') || (data !== undefined && isError(data))
}

/** Responses, Assistants and audio streams end with one of these instead of `[DONE]` (OpenAI's API reference). */
const FINAL_EVENTS = new Set([
  'response.completed',
  'response.failed',
  'response.incomplete',
  'done',
  'error',
  'speech.audio.done',
  'transcript.text.done',
  'image_generation.completed',
  'image_edit.completed',
])

/** A chat stream's error has no name. OpenAI's clients throw it, and leave the stream there. */
function isError(data: string): boolean {
  // Few events are read for this.
  if (!data.includes('"error"')) return false
  const json = parseJson(data)
  return isJsonObject(json) && Boolean(json['error'])
}
