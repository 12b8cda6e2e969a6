import type { RecordedResponse } from '../cassette/cassette.ts'
import type { Difference } from '../match/near-miss/json-diff.ts'
import { canonicalJson } from '../json/json.ts'

/** Suggests a fix if one OpenAI-specific cause explains all differences from a recorded request. */
export function advise(differences: readonly Difference[], { body }: RecordedResponse): string | undefined {
  const places = new Set(differences.map(({ path }) => path))
  const [first] = differences
  if (first === undefined) return undefined
  if (places.has('$.stream') && [...places].every((place) => place.startsWith('$.stream')))
    return adviseStream(body.kind === 'events')
  if (places.size === 1 && places.has('$.model')) {
    const [recorded, received] = [first.recorded ?? null, first.received ?? null].map(canonicalJson)
    return `Only the model differs: use ${recorded}, as in the recording, or record ${received} as well.`
  }
  return adviseIgnoring([...places])
}

function adviseStream(isStreamed: boolean): string {
  return isStreamed
    ? 'Only streaming differs: the recording is streamed, and this request is not. Set stream: true, or record this request as well.'
    : 'Only streaming differs: the recording is not streamed, and this request is. Remove stream: true, or record this request as well.'
}

/** Members that only identify the user or the run, and do not affect the response. */
const LABELS =
  /^\$\.(?:metadata|client_metadata)\b|^\$\.(?:user|safety_identifier|prompt_cache_key)$|^\$\.(?!tools\b|functions\b).*(?:request|run|trace|span|session|user|correlation|client|tenant|test)_?id$/i

function adviseIgnoring(places: readonly string[]): string | undefined {
  const paths = [...new Set(places.map((place) => place.replaceAll(/\[\d+\]/g, '[*]')))]
  if (paths.length > 3 || !paths.every((path) => path.startsWith('$.') && LABELS.test(path))) return undefined
  const list = paths.map((path) => `'${path}'`)
  return `They differ only in fields that label a request. To ignore these: matchers: { ignore: [${list.join(', ')}] }, or ${list.map((path) => `--ignore ${path}`).join(' ')}`
}
