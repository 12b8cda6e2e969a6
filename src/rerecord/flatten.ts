import type {
  Frame,
  FramesBody,
  Interaction,
  RecordedRequest,
  RecordedResponse,
} from '../cassette/cassette.ts'

/** Interactions where each WebSocket conversation is split into turns: one interaction per client message, with its responses. */
export interface FlatInteractions {
  readonly interactions: readonly Interaction[]
  /** For each interaction of the cassette, its first position in `interactions`. */
  readonly starts: readonly number[]
}

/** Splits conversations into turns, because later messages of a conversation may contain values from its earlier responses. */
export function flattened(interactions: readonly Interaction[]): FlatInteractions {
  const flat: Interaction[] = []
  const starts: number[] = []
  for (const interaction of interactions) {
    starts.push(flat.length)
    const { body } = interaction.response
    if (body.kind === 'frames') flat.push(...turnsOf(interaction, body))
    else flat.push(interaction)
  }
  return { interactions: flat, starts }
}

/** The first turn is the handshake. Each turn has the server messages that followed it. */
function turnsOf({ request, response }: Interaction, { frames: all }: FramesBody): Interaction[] {
  const turns: { request: RecordedRequest; frames: Frame[] }[] = [{ request, frames: [] }]
  for (const frame of all) {
    if (frame.from === 'server') turns.at(-1)?.frames.push(frame)
    else turns.push({ request: frameRequest(request, frame), frames: [] })
  }
  return turns.map((turn) => ({ request: turn.request, response: answerOf(response, turn.frames) }))
}

/** Represents a client message as a request to the same path. */
function frameRequest({ path }: RecordedRequest, { content }: Frame): RecordedRequest {
  const base = { method: 'POST', path, headers: [] }
  if (content.kind === 'binary' || content.kind === 'blob') return { ...base, body: content }
  return { ...base, body: { kind: 'json', text: content.text } }
}

/** Represents the server messages of a turn as a response. */
export function answerOf({ status, headers }: RecordedResponse, frames: readonly Frame[]): RecordedResponse {
  return { status, headers, body: { kind: 'frames', frames } }
}
