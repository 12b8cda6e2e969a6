import type { Drift, InteractionDrift } from '../api/drift.ts'
import { visible } from './say-change.ts'

/** What changed in a cassette. */
export interface Named {
  readonly name: string
  readonly drift: Drift
}

/** `2 of 14 interactions changed in kind, 1 in words only`. */
export function summary({ interactions, unchanged }: Drift): string {
  const all = interactions.length + unchanged
  const of = all === 1 ? '1 interaction' : `${all} interactions`
  const kind = interactions.filter((each) => each.kind.length > 0).length
  const words = interactions.length - kind
  if (interactions.length === 0) return all === 0 ? 'no interactions' : `${of}, nothing changed`
  return [
    ...(kind > 0 ? [`${kind} of ${of} changed in kind`] : []),
    ...(words > 0 ? [kind > 0 ? `${words} in words only` : `${words} of ${of} changed in words only`] : []),
  ].join(', ')
}

/** `3. POST /v1/chat/completions (gpt-4o-mini, "Hi")`, with the place that it had where that was another. */
export function heading({ before, after, method, path, gist }: InteractionDrift): string {
  const place = (after ?? before ?? 0) + 1
  const was = before !== undefined && after !== undefined && before !== after ? ` (was ${before + 1}.)` : ''
  return visible(`${place}.${was} ${method} ${path}${gist === '' ? '' : ` (${gist})`}`)
}

/** Where from, if that changed. */
export function recordedFrom({ before, after }: Drift): string[] {
  return before.upstream === after.upstream
    ? []
    : [visible(`recorded from ${before.upstream}, then from ${after.upstream}`)]
}
