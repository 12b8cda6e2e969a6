import { letters } from './ids.ts'
import { sample, type Schema } from './sample.ts'
import { speak } from './words.ts'

/** What a model would do: say something, or call tools. */
export type Reply =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'calls'; readonly calls: readonly Call[] }

export interface Call {
  readonly id: string
  readonly name: string
  readonly arguments: string
}

export interface Situation {
  readonly seed: string
  /** The last thing that the user said. */
  readonly prompt: string
  readonly tools: readonly { readonly name: string; readonly parameters: Schema }[]
  readonly parallel: boolean
  readonly mayCall: boolean
  /** What tools have answered; a model that has results speaks. */
  readonly results: readonly string[]
  /** The schema that a structured output is to have. */
  readonly schema: Schema | undefined
}

export function replyTo(situation: Situation): Reply {
  const { seed, prompt, tools, parallel, mayCall, results, schema } = situation
  if (results.length === 0 && mayCall && tools.length > 0) {
    const used = parallel ? tools : tools.slice(0, 1)
    return { kind: 'calls', calls: used.map((tool) => callOf(tool, `${seed}/${tool.name}`, prompt)) }
  }
  if (schema !== undefined) return { kind: 'text', text: JSON.stringify(sample(schema, seed)) }
  return { kind: 'text', text: speak(seed, [prompt, ...results].join(' / ')) }
}

function callOf(
  { name, parameters }: { name: string; parameters: Schema },
  seed: string,
  prompt: string,
): Call {
  return {
    id: `call_${letters(seed, 24)}`,
    name,
    arguments: JSON.stringify(sample(parameters, seed, prompt)),
  }
}
