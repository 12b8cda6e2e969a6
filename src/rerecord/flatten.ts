import type {
  Frame,
  FramesBody,
  Interaction,
  RecordedRequest,
  RecordedResponse,
} from '../cassette/cassette.ts'

/** Interactions among which each frame of a client's is one, with what the server said until the next. */
export interface Flat {
  readonly interactions: readonly Interaction[]
  /** Where each of the cassette's interactions begins. */
  readonly starts: readonly number[]
}

/** What a conversation makes is carried by its own frames, and by requests after it. */
export function flattened(interactions: readonly Interaction[]): Flat {
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

/** The handshake with what the server said at once, and each frame of the client's with what it said then. */
function turnsOf({ request, response }: Interaction, { frames }: FramesBody): Interaction[] {
  const turns: { request: RecordedRequest; said: Frame[] }[] = [{ request, said: [] }]
  for (const frame of frames) {
    if (frame.from === 'server') turns.at(-1)?.said.push(frame)
    else turns.push({ request: frameRequest(request, frame), said: [] })
  }
  return turns.map(({ request: asked, said }) => ({ request: asked, response: answerOf(response, said) }))
}

/** A frame as the body of a request to the same address. */
function frameRequest({ path }: RecordedRequest, { content }: Frame): RecordedRequest {
  const base = { method: 'POST', path, headers: [] }
  if (content.kind === 'binary' || content.kind === 'blob') return { ...base, body: content }
  return { ...base, body: { kind: 'json', text: content.text } }
}

/** What was said in a turn, as the answer to it. */
export function answerOf({ status, headers }: RecordedResponse, frames: readonly Frame[]): RecordedResponse {
  return { status, headers, body: { kind: 'frames', frames } }
}
