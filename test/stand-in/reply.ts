import { letters } from './ids.ts'
import { factsIn, tellResults } from './results.ts'
import { placesIn, sample, type Schema } from './sample.ts'
import { switches } from './switches.ts'
import { inOtherWords, speak } from './words.ts'

/** What a model would do: say something, or call tools. */
export type Reply =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'calls'; readonly calls: readonly Call[] }

export interface Call {
  readonly id: string
  readonly name: string
  readonly arguments: string
}

export interface Tool {
  readonly name: string
  readonly parameters: Schema
}

export interface Situation {
  readonly seed: string
  /** The last thing that the user said. */
  readonly prompt: string
  readonly tools: readonly Tool[]
  readonly parallel: boolean
  readonly mayCall: boolean
  /** What tools have answered; a model that has results speaks. */
  readonly results: readonly string[]
  /** The tools that it has called since the user spoke. */
  readonly called: readonly string[]
  /**
   * Which of several choices this is.
   * @default 0
   */
  readonly choice?: number
  /** The schema that a structured output is to have. */
  readonly schema: Schema | undefined
}

export function replyTo(situation: Situation): Reply {
  const { seed, prompt, choice = 0, mayCall, results, called, schema } = situation
  const calls = mayCall && switches().tools !== 'none' ? callsIn(situation) : []
  if (calls.length > 0) return { kind: 'calls', calls }
  if (schema !== undefined) {
    const facts = factsIn(results, placesIn(prompt)[0])
    return { kind: 'text', text: JSON.stringify(sample(schema, { seed, prompt, facts })) }
  }
  if (results.length > 0) return { kind: 'text', text: inOtherWords(tellResults(prompt, called, results)) }
  return { kind: 'text', text: speak(seed, prompt, choice) }
}

function callsIn({ seed, prompt, tools, parallel, results, called }: Situation): Call[] {
  if (prompt.includes(STEP_BY_STEP)) {
    const next = tools.find(({ name }) => !called.includes(name))
    return next === undefined ? [] : forEachPlace(next, seed, prompt)
  }
  if (results.length > 0) return []
  const chosen = switches().tools === 'other' ? tools.toReversed() : tools
  const used = parallel ? chosen : chosen.slice(0, 1)
  return used.map((tool) => callOf(tool, `${seed}/${tool.name}`, prompt))
}

/** A prompt that says this has one tool after the other called, each for all places that it names. */
const STEP_BY_STEP = 'step by step'

function forEachPlace(tool: Tool, seed: string, prompt: string): Call[] {
  const wants = Object.values(tool.parameters.properties ?? {})
  const places = wants.length === 1 && wants[0]?.type === 'string' ? placesIn(prompt) : []
  if (places.length === 0) return [callOf(tool, `${seed}/${tool.name}`, prompt)]
  return places.map((place) => callOf(tool, `${seed}/${tool.name}/${place}`, place))
}

function callOf({ name, parameters }: Tool, seed: string, prompt: string): Call {
  return {
    id: `call_${letters(seed, 24)}`,
    name,
    arguments: JSON.stringify(
      sample(
        parameters,
        switches().arguments ? { seed: `${seed}/other`, prompt: '', facts: {} } : { seed, prompt, facts: {} },
      ),
    ),
  }
}
