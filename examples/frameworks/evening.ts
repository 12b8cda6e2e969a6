/** One small agent for every framework: what it is told, its two tools, and the form of its answer. */
import { z } from 'zod'

export const MODEL = 'gpt-4o-mini'

export const INSTRUCTIONS =
  'You help people to choose where to spend the evening. Look up the weather of all cities at once, then their sunsets, and choose one.'

export const QUESTION = askAbout('Paris', 'Tōkyō')

export function askAbout(...cities: readonly string[]): string {
  return `Where should I spend the evening: ${cities.join(' or ')}? Work step by step.`
}

/** The form of the final answer. */
export const Advice = z.object({
  city: z.string().describe('The city to go to'),
  sky: z.enum(['clear', 'cloudy', 'rain']),
  celsius: z.number(),
  umbrella: z.boolean(),
})

const City = z.object({ city: z.string() })

export const TOOLS = [
  {
    name: 'get_weather',
    description: 'The weather in a city now',
    parameters: City,
    execute: ({ city }: z.infer<typeof City>): string =>
      JSON.stringify({ city, sky: 'clear', celsius: 14 + city.length }),
  },
  {
    name: 'get_sunset',
    description: 'When the sun sets in a city today, local time',
    parameters: City,
    execute: ({ city }: z.infer<typeof City>): string =>
      JSON.stringify({ city, sunset: `19:0${city.length}` }),
  },
] as const

export interface Asking {
  readonly question?: string
  /** Which of OpenAI's two APIs for text is asked. */
  readonly api?: 'responses' | 'chat'
  readonly stream?: boolean
}

/** What the framework's own result told. */
export interface Told {
  readonly advice: z.infer<typeof Advice>
  /** The tools that were called, with their arguments. */
  readonly calls: readonly string[]
  /** The final answer as it came: one piece where it was not streamed. */
  readonly pieces: readonly string[]
  readonly tokens: { readonly input: number; readonly output: number }
}

export type Run = (asking: Asking) => Promise<Told>

/** Runs the agent in all its ways, and prints what came of it. */
export async function showAll(run: Run, ways: readonly Asking[]): Promise<void> {
  for (const way of ways) {
    const { advice, calls, pieces, tokens } = await run(way)
    process.stdout.write(
      `${way.api}, ${way.stream ? `streamed in ${pieces.length} pieces` : 'in one piece'}\n`,
    )
    for (const call of calls) process.stdout.write(`  calls ${call}\n`)
    process.stdout.write(`  ${JSON.stringify(advice)}\n  (${tokens.input} + ${tokens.output} tokens)\n`)
  }
}
