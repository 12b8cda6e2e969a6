/** What a model may ask an agent to do. */
export interface Tool {
  /** @example 'get_weather' */
  readonly name: string
  /** Tells the model what the tool is for. */
  readonly description: string
  /** JSON Schema of the arguments. */
  readonly parameters: JsonSchema
  /** @returns what the model is told: a text as it is, all else as JSON */
  readonly run: (args: Arguments) => unknown
}

export type Arguments = Readonly<Record<string, unknown>>

export interface JsonSchema {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
}

export type About = Pick<Tool, 'description' | 'parameters'> & { readonly name?: string }

/**
 * A function as a tool.
 * @example toolOf(getWeather, { description: 'The weather in a city', parameters: … })
 */
export function toolOf(run: (args: Arguments) => unknown, about: About): Tool {
  return { ...about, name: about.name ?? snakeCase(run.name), run }
}

/**
 * A method as a tool of its object: a standard decorator.
 * @example
 * class Weather {
 *   \@tool({ description: 'The weather in a city', parameters: … })
 *   getWeather({ city }: Arguments) { … }
 * }
 */
export function tool(about: About) {
  return <This extends object>(
    method: (this: This, args: Arguments) => unknown,
    context: ClassMethodDecoratorContext<This>,
  ): void => {
    const name = about.name ?? snakeCase(String(context.name))
    context.addInitializer(function () {
      const tools = decorated.get(this) ?? []
      decorated.set(this, [...tools, { ...about, name, run: (args) => method.call(this, args) }])
    })
  }
}

const decorated = new WeakMap<object, readonly Tool[]>()

/** The tools that an object's class marks by `@tool`, in the order in which they stand there. */
export function decoratedTools(object: object): readonly Tool[] {
  return decorated.get(object) ?? []
}

function snakeCase(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase()
}
