import { isJsonObject, type Json, type JsonObject, jsonText } from '../../json/json.ts'
import { asObject, asList } from '../../json/access.ts'

/**
 * Formats functions as a model sees them: as TypeScript, which takes fewer tokens than JSON. OpenAI does not document
 * this. Models show it when they are asked to repeat their input.
 */
export function toolsText(functions: readonly JsonObject[]): string {
  return `namespace functions {\n\n${functions.map(functionText).join('')}} // namespace functions`
}

function functionText({ name, description, parameters }: JsonObject): string {
  const { properties } = asObject(parameters)
  const hasParameters = isJsonObject(properties) && Object.keys(properties).length > 0
  const type = hasParameters ? `(_: {\n${membersText(asObject(parameters), 0)}\n}) => any` : '() => any'
  return `${commentText(description, '')}type ${String(name)} = ${type};\n\n`
}

function membersText(schema: JsonObject, depth: number): string {
  const indent = '  '.repeat(depth)
  const required = asList(schema['required'])
  return Object.entries(asObject(schema['properties']))
    .map(([name, value]) => {
      const property = asObject(value)
      const optional = required.includes(name) ? '' : '?'
      return `${commentText(property['description'], indent)}${indent}${name}${optional}: ${typeText(property, depth)},`
    })
    .join('\n')
}

function commentText(description: Json | undefined, indent: string): string {
  return typeof description === 'string' && description !== '' ? `${indent}// ${description}\n` : ''
}

/** Real schemas are not nested this deep. */
const MAX_DEPTH = 50

function typeText(schema: JsonObject, depth: number): string {
  if (depth > MAX_DEPTH) return 'any'
  const choices = asList(schema['enum'])
  if (choices.length > 0) return choices.map((each) => jsonText(each)).join(' | ')
  const options = asList(schema['anyOf'] ?? schema['oneOf'])
  if (options.length > 0) return options.map((each) => typeText(asObject(each), depth + 1)).join(' | ')
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
