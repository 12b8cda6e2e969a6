import { vi } from 'vitest'
import { run as aiSdk } from '../../examples/frameworks/ai-sdk.ts'
import type { Asking, Run, Told } from '../../examples/frameworks/evening.ts'
import { run as langchain } from '../../examples/frameworks/langchain.ts'
import { run as llamaindex } from '../../examples/frameworks/llamaindex.ts'
import { run as openaiAgents } from '../../examples/frameworks/openai-agents.ts'
import type { Ended, Opening, Way } from '../sdk/ways.ts'

/** One agent on one framework, in one of its ways to ask. */
export interface Case {
  /** Reads after "a run on". */
  readonly name: string
  readonly run: Run
  readonly way: Asking
}

const RUNS: Readonly<Record<string, Run>> = {
  '@openai/agents': openaiAgents,
  'the AI SDK': aiSdk,
  LangChain: langchain,
  'LlamaIndex.TS': llamaindex,
}

const WAYS: readonly Asking[] = [
  { api: 'responses' },
  { api: 'responses', stream: true },
  { api: 'chat' },
  { api: 'chat', stream: true },
]

export const cases: readonly Case[] = Object.entries(RUNS).flatMap(([framework, run]) =>
  WAYS.filter(
    ({ api, stream }) => !(framework === 'LlamaIndex.TS' && api === 'responses' && stream === true),
  ).map((way) => ({ name: `${framework}, ${way.api}${way.stream ? ' streamed' : ''}`, run, way })),
)

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

export type { Told }
