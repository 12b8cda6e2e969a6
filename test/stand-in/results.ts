import { dateIn, placesIn } from './sample.ts'

/** What a model says of what its tools gave, one sentence a tool. */
export function tellResults(prompt: string, tools: readonly string[], results: readonly string[]): string {
  return results.map((result, i) => tell(prompt, tools[i] ?? 'The tool', result)).join(' ')
}

/** The members of all results about a place, and of those that name no place. */
export function factsIn(results: readonly string[], place: string | undefined): Record<string, unknown> {
  const all = results.map(objectIn).filter((each) => each !== undefined)
  const own = all.filter(({ city }) => city === undefined || city === place)
  return Object.assign({}, ...own) as Record<string, unknown>
}

function tell(prompt: string, tool: string, result: string): string {
  const { error, celsius, sky, city = placesIn(prompt)[0] } = objectIn(result) ?? {}
  const where = city === undefined ? '' : ` in ${String(city)}`
  if (typeof error === 'string') return `I could not get ${WANTED[tool] ?? 'an answer'}${where}: ${error}.`
  if (celsius !== undefined && sky !== undefined)
    return `It is ${String(celsius)} °C and ${sky === 'rain' ? 'rainy' : String(sky)}${where}.`
  switch (tool) {
    case 'get_weather':
      return `It is ${result}${where}.`
    case 'get_time':
      return `The local time is ${result}.`
    case 'today':
      return `Today is ${result}.`
    case 'days_until':
      return `There are ${result} days left until ${dateIn(prompt) ?? 'then'}.`
    default:
      return `${tool} says: ${result}.`
  }
}

const WANTED: Readonly<Record<string, string>> = { get_weather: 'the weather', get_time: 'the time' }

function objectIn(result: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(result)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
