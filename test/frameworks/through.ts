import { vi } from 'vitest'
import type { Ended, Opening, Way } from '../sdk/ways.ts'

/** Lets the frameworks ask there, as their users do: by the environment. */
export function pointAt(baseURL: string | undefined): void {
  vi.stubEnv('OPENAI_BASE_URL', baseURL)
  vi.stubEnv('OPENAI_API_KEY', 'sk-proj-Hb4Wc8Nq2TzLf7YkVx5Rm9Ps')
}

/** Does something with a cassette between the frameworks and the upstream. */
export async function through<T>(
  way: Way,
  opening: Opening,
  work: () => Promise<T>,
): Promise<Ended & { readonly told: T }> {
  const { client, end } = await way.open(opening)
  pointAt(client.baseURL)
  const told = await work()
  return { told, ...(await end()) }
}

export function outcomes({ journal }: Ended): string[] {
  return journal.map(({ outcome }) => outcome)
}
