import type { FramesBody } from '../../cassette/cassette.ts'
import { isJsonObject, type JsonObject, parseJson } from '../../json/json.ts'
import { frameTexts } from '../../cassette/bodies/body.ts'

/** An event of a WebSocket, with the models of the session at that time. */
export interface SessionEvent {
  readonly event: JsonObject
  readonly model: string | undefined
  /** The model that transcribes audio. */
  readonly transcriber: string | undefined
}

/** A cheap test of a frame's text before it is parsed. */
const MATTERS = /"(?:usage|session)":\s*\{/

/**
 * The events of a WebSocket's server that may have usage.
 * @param model the one that the handshake names
 */
export function* eventsOf({ frames }: FramesBody, model: string | undefined): Generator<SessionEvent> {
  let current = { model, transcriber: undefined as string | undefined }
  for (const text of frameTexts(frames, 'server')) {
    const event = MATTERS.test(text) ? parseJson(text) : undefined
    if (!isJsonObject(event)) continue
    const session = event['session']
    if (isJsonObject(session)) current = { ...current, ...modelsOf(session) }
    yield { event, ...current }
  }
}

function modelsOf(session: JsonObject): { model?: string; transcriber?: string } {
  const audio = inside(inside(inside(session, 'audio'), 'input'), 'transcription')
  // Older sessions, and Azure's.
  const transcription = audio ?? inside(session, 'input_audio_transcription')
  const [model, transcriber] = [session['model'], transcription?.['model']]
  return {
    ...(typeof model === 'string' && model !== '' ? { model } : {}),
    ...(typeof transcriber === 'string' ? { transcriber } : {}),
  }
}

function inside(object: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = object?.[name]
  return isJsonObject(value) ? value : undefined
}
