import type { RerecordSupport } from '../api/dialect.ts'
import type { Cassette, Interaction, RecordedRequest } from '../cassette/cassette.ts'

type RefusalSupport = Pick<RerecordSupport, 'redactedSecret'>

/** Explains why a cassette cannot be re-recorded from its own requests; undefined if it can. */
export function refusalOf({ interactions }: Cassette, support: RefusalSupport): string | undefined {
  for (const [n, interaction] of interactions.entries()) {
    const refusal = refusalOfInteraction(interaction, support)
    const { method, path } = interaction.request
    if (refusal !== undefined) return `interaction ${n + 1} (${method} ${path}) ${refusal}`
  }
  return undefined
}

function refusalOfInteraction(
  { request, response }: Interaction,
  support: RefusalSupport,
): string | undefined {
  if (response.truncated) return 'was cut off when it was recorded, which a new request cannot reproduce'
  for (const text of [...textsOf(request), ...clientMessagesIn(response.body)]) {
    const secret = support.redactedSecret(text)
    if (secret !== undefined)
      return `sends a secret that the cassette only holds as ${secret}: its real value is unknown`
  }
  return undefined
}

function textsOf({ path, headers, body }: RecordedRequest): string[] {
  const texts = [path, ...headers.map(([, value]) => value)]
  if (body.kind === 'json' || body.kind === 'text') return [...texts, body.text]
  if (body.kind !== 'multipart') return texts
  const parts = body.parts.flatMap(({ name, filename, content }) => [
    name,
    filename ?? '',
    content.kind === 'text' ? content.text : '',
  ])
  return [...texts, ...parts]
}

function clientMessagesIn(body: Interaction['response']['body']): string[] {
  if (body.kind !== 'frames') return []
  return body.frames.flatMap(({ from, content }) =>
    from === 'client' && (content.kind === 'text' || content.kind === 'text-with-blobs')
      ? [content.text]
      : [],
  )
}
