import type OpenAI from 'openai'
import { audio } from '../scenarios/audio.ts'
import { background } from '../scenarios/background.ts'
import { batches } from '../scenarios/batches.ts'
import { chat } from '../scenarios/chat.ts'
import { embeddings } from '../scenarios/embeddings.ts'
import { errors } from '../scenarios/errors.ts'
import { files } from '../scenarios/files.ts'
import { images } from '../scenarios/images.ts'
import { moderation } from '../scenarios/moderation.ts'
import { parallelTools } from '../scenarios/parallel-tools.ts'
import { rateLimit } from '../scenarios/rate-limit.ts'
import { realtime } from '../scenarios/realtime.ts'
import { reasoning } from '../scenarios/reasoning.ts'
import { responsesChain } from '../scenarios/responses-chain.ts'
import { stream } from '../scenarios/stream.ts'
import { structuredOutput } from '../scenarios/structured-output.ts'
import { tools } from '../scenarios/tools.ts'
import { vectorStores } from '../scenarios/vector-stores.ts'
import { vision } from '../scenarios/vision.ts'

/** A program that uses one capability of the API. */
export interface Scenario {
  /** Gives what can be compared, as JSON. */
  readonly run: (client: OpenAI) => Promise<unknown>
  /** What it costs at the real API, in US dollars: estimated by hand, and rounded up. */
  readonly usd: number
  /** Whether it needs what the real API does not do at will, and is always recorded from the stand-in. */
  readonly isMadeUp?: true
}

/** By name, which is that of its file, and of its cassette. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  chat: { run: chat, usd: 0.001 },
  stream: { run: stream, usd: 0.002 },
  tools: { run: tools, usd: 0.001 },
  'parallel-tools': { run: parallelTools, usd: 0.002 },
  'structured-output': { run: structuredOutput, usd: 0.002 },
  vision: { run: vision, usd: 0.001 },
  reasoning: { run: reasoning, usd: 0.01 },
  'responses-chain': { run: responsesChain, usd: 0.001 },
  background: { run: background, usd: 0.002 },
  embeddings: { run: embeddings, usd: 0.0001 },
  moderation: { run: moderation, usd: 0 },
  files: { run: files, usd: 0 },
  audio: { run: audio, usd: 0.002 },
  images: { run: images, usd: 0.01 },
  batches: { run: batches, usd: 0.001 },
  'vector-stores': { run: vectorStores, usd: 0.003 },
  realtime: { run: realtime, usd: 0.005 },
  errors: { run: errors, usd: 0 },
  'rate-limit': { run: rateLimit, usd: 0, isMadeUp: true },
}
