import type { JsonSchema, SchemaDefinitions, Shape } from './shape.ts'

/**
 * The JSON Schema of a file.
 * @param head the schema's `$id`, title and description
 */
export function fileSchema(shape: Shape<unknown>, head: JsonSchema): JsonSchema {
  const definitions: SchemaDefinitions = new Map()
  const schema = shape.schema(definitions)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...head,
    ...schema,
    ...(definitions.size === 0 ? {} : { $defs: Object.fromEntries(definitions) }),
  }
}

/** Adds a description, and optionally more keywords, to the JSON Schema of a shape. */
export function described<S extends Shape<unknown>>(shape: S, description: string, more: JsonSchema = {}): S {
  return {
    ...shape,
    schema: (definitions: SchemaDefinitions) => {
      const schema = shape.schema(definitions)
      return schema && { ...schema, ...more, description }
    },
  }
}

/** Defines the shape once under `$defs` in the JSON Schema, and refers to it by name. */
export function named<S extends Shape<unknown>>(name: string, shape: S): S {
  return {
    ...shape,
    schema: (definitions: SchemaDefinitions) => {
      if (!definitions.has(name)) {
        const schema = shape.schema(definitions)
        if (schema === undefined) return undefined
        definitions.set(name, schema)
      }
      return { $ref: `#/$defs/${name}` }
    },
  }
}
