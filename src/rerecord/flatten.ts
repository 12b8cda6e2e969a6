import type {
  Frame,
  FramesBody,
  Interaction,
  RecordedRequest,
  RecordedResponse,
} from '../cassette/cassette.ts'

/** Interactions in which a conversation is as many as its client sent messages, each with the server's answers to it. */
export interface FlatInteractions {
  readonly interactions: readonly Interaction[]
  /** Position in `interactions` of each of the cassette's interactions. */
  readonly starts: readonly number[]
}

/** What a conversation generates is carried by its own later messages, as well as by requests after it. */
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

/** The handshake with the server's first messages, and each message of the client with those that followed it. */
function turnsOf({ request, response }: Interaction, { frames: all }: FramesBody): Interaction[] {
  const turns: { request: RecordedRequest; frames: Frame[] }[] = [{ request, frames: [] }]
  for (const frame of all) {
    if (frame.from === 'server') turns.at(-1)?.frames.push(frame)
    else turns.push({ request: frameRequest(request, frame), frames: [] })
  }
  return turns.map((turn) => ({ request: turn.request, response: answerOf(response, turn.frames) }))
}

/** A client's message as a request to the same address. */
function frameRequest({ path }: RecordedRequest, { content }: Frame): RecordedRequest {
  const base = { method: 'POST', path, headers: [] }
  if (content.kind === 'binary' || content.kind === 'blob') return { ...base, body: content }
  return { ...base, body: { kind: 'json', text: content.text } }
}

/** The server's messages in a turn, as the answer to it. */
export function answerOf({ status, headers }: RecordedResponse, frames: readonly Frame[]): RecordedResponse {
  return { status, headers, body: { kind: 'frames', frames } }
}
