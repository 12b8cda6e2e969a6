import type { JournalEntry } from 'openai-vcr'

export interface ServerSession {
  /** For a client's `baseURL`. */
  readonly baseURL: string
  /** @throws Error when something was asked that the cassette does not hold, whatever the code made of the answer */
  readonly end: () => Promise<void>
}

/** A session of its own for one test on the standalone server. */
export function openSession(
  server: string,
  { name, cassette }: { readonly name: string; readonly cassette: string },
): ServerSession {
  return {
    baseURL: `${server}/s/${name}/c/${encodeURIComponent(cassette)}/v1`,
    end: async () => {
      const response = await fetch(`${server}/_vcr/sessions/${name}`, { method: 'DELETE' })
      // A test that asked nothing has no session.
      if (response.status === 404) return
      const { runs } = (await response.json()) as Ended
      const reasons = runs.flatMap(({ journal }) =>
        journal
          .filter(({ outcome }) => outcome === 'miss' || outcome === 'exhausted')
          .map(({ reason }) => reason),
      )
      if (reasons.length > 0) throw new Error(reasons.join('\n\n'))
    },
  }
}

/** As the server's control API tells it. */
interface Ended {
  readonly runs: readonly { readonly journal: readonly JournalEntry[] }[]
}
