import type { Cassette, Interaction, RecordedRequest } from '../cassette/cassette.ts'
import { secretShapes } from '../openai/shapes.ts'

/** Why a cassette cannot be recorded from its own requests; undefined where it can. */
export function refusalOf({ interactions }: Cassette): string | undefined {
  for (const [n, interaction] of interactions.entries()) {
    const why = whyNot(interaction)
    const { method, path } = interaction.request
    if (why !== undefined) return `interaction ${n + 1} (${method} ${path}) ${why}`
  }
  return undefined
}

function whyNot({ request, response }: Interaction): string | undefined {
  if (response.truncated) return 'was kept as it broke off, which an upstream does not do again'
  const texts = [...textsOf(request), ...saidIn(response.body)]
  const secret = texts.map((text) => SECRET.exec(text)?.[0]).find((found) => found !== undefined)
  if (secret !== undefined)
    return `sends a secret, which stands in the cassette as ${secret}: the real one is not known`
  return undefined
}

const { placeholders } = secretShapes
const SECRET = new RegExp(String.raw`\b${placeholders.whole}`)

function textsOf({ path, headers, body }: RecordedRequest): string[] {
  const known = [path, ...headers.map(([, value]) => value)]
  if (body.kind === 'json' || body.kind === 'text')
    return [...known, body.text].filter((text) => placeholders.isIn(text))
  if (body.kind !== 'multipart') return known.filter((text) => placeholders.isIn(text))
  const parts = body.parts.flatMap(({ name, filename, content }) => [
    name,
    filename ?? '',
    content.kind === 'text' ? content.text : '',
  ])
  return [...known, ...parts].filter((text) => placeholders.isIn(text))
}

/** What a client says over a WebSocket. */
function saidIn(body: Interaction['response']['body']): string[] {
  if (body.kind !== 'frames') return []
  return body.frames.flatMap(({ from, content }) =>
    from === 'client' && (content.kind === 'text' || content.kind === 'text-with-blobs')
      ? [content.text]
      : [],
  )
}
