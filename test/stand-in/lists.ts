import { type Answer, lines } from './answer.ts'

/** A page of a list: `after` and `limit` are the API's own. */
export function page<T extends { id: string }>(all: readonly T[], query: URLSearchParams): Answer {
  const from = all.findIndex(({ id }) => id === query.get('after')) + 1
  const to = from + Number(query.get('limit') ?? 20)
  const data = all.slice(from, to)
  return lines({
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: to < all.length,
  })
}
