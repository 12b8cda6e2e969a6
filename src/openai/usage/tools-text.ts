import { isJsonObject, type Json, type JsonObject, jsonText } from '../../json/json.ts'
import { list } from './off-list.ts'
import { object } from './tokens.ts'

/**
 * Functions as a model reads them: not as JSON, but as TypeScript, which takes fewer tokens. Nobody
 * documents it; models that are asked to repeat what they see show this.
 */
export function toolsText(functions: readonly JsonObject[]): string {
  return `namespace functions {\n\n${functions.map(functionText).join('')}} // namespace functions`
}

function functionText({ name, description, parameters }: JsonObject): string {
  const { properties } = object(parameters)
  const takes = isJsonObject(properties) && Object.keys(properties).length > 0
  const type = takes ? `(_: {\n${membersText(object(parameters), 0)}\n}) => any` : '() => any'
  return `${commentText(description, '')}type ${String(name)} = ${type};\n\n`
}

function membersText(schema: JsonObject, depth: number): string {
  const indent = '  '.repeat(depth)
  const required = list(schema['required'])
  return Object.entries(object(schema['properties']))
    .map(([name, value]) => {
      const of = object(value)
      const optional = required.includes(name) ? '' : '?'
      return `${commentText(of['description'], indent)}${indent}${name}${optional}: ${typeText(of, depth)},`
    })
    .join('\n')
}

function commentText(description: Json | undefined, indent: string): string {
  return typeof description === 'string' && description !== '' ? `${indent}// ${description}\n` : ''
}

/** Where nobody reads on: no real schema goes deeper. */
const DEEPEST = 50

function typeText(schema: JsonObject, depth: number): string {
  if (depth > DEEPEST) return 'any'
  const choices = list(schema['enum'])
  if (choices.length > 0) return choices.map((each) => jsonText(each)).join(' | ')
  const options = list(schema['anyOf'] ?? schema['oneOf'])
  if (options.length > 0) return options.map((each) => typeText(object(each), depth + 1)).join(' | ')
  const { type } = schema
  if (Array.isArray(type))
    return [...new Set(type)]
      .map((each) => typeText({ ...schema, type: each as Json }, depth + 1))
      .join(' | ')
  switch (type) {
    case 'array':
      return isJsonObject(schema['items']) ? `${typeText(schema['items'], depth + 1)}[]` : 'any[]'
    case 'object':
      return isJsonObject(schema['properties'])
        ? `{\n${membersText(schema, depth + 1)}\n${'  '.repeat(depth)}}`
        : 'object'
    case 'integer':
    case 'number':
      return 'number'
    default:
      return typeof type === 'string' ? type : 'any'
  }
}
