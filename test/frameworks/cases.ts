import { run as aiSdk } from '../../examples/frameworks/ai-sdk.ts'
import type { Asking, Run } from '../../examples/frameworks/evening.ts'
import { run as langchain } from '../../examples/frameworks/langchain.ts'
import { run as llamaindex } from '../../examples/frameworks/llamaindex.ts'
import { run as openaiAgents } from '../../examples/frameworks/openai-agents.ts'

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
