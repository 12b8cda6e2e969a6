import type { OpenAI } from 'openai'
import { type AgentOptions, BaseAgent } from '../../agent/base-agent.ts'
import { OpenAISkill, type OpenAISkillOptions } from '../../agent/openai-skill.ts'
import { type Arguments, type Tool, toolOf } from '../../agent/tool.ts'
import { MODEL } from './models.ts'

/** An agent for one test, short of words. */
export function agentOn(
  client: OpenAI,
  { fallbacks, onFallback, ...options }: Partial<AgentOptions> & Omit<OpenAISkillOptions, 'client'> = {},
): BaseAgent {
  return new BaseAgent({
    name: 'meteorologist',
    instructions: 'You answer in one short sentence.',
    model: MODEL,
    llm: new OpenAISkill({
      client,
      ...(fallbacks === undefined ? {} : { fallbacks }),
      ...(onFallback === undefined ? {} : { onFallback }),
    }),
    ...options,
  })
}

export function weatherTool(run: (args: Arguments) => unknown = getWeather): Tool {
  return toolOf(run, {
    name: 'get_weather',
    description: 'The weather in a city now',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  })
}

function getWeather({ city }: Arguments): object {
  return { city, celsius: 18, sky: 'clear' }
}
