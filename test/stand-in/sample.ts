import { bytesOf, pick } from './ids.ts'

/** The part of JSON Schema that tools and structured outputs use. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly definitions?: Readonly<Record<string, Schema>>
}

/**
 * A value that the schema allows, chosen by the seed.
 * @param asked a text whose first known place is taken for every string
 */
export function sample(schema: Schema, seed: string, asked = '', root: Schema = schema): unknown {
  if (schema.$ref !== undefined) return sample(resolve(schema.$ref, root), seed, asked, root)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined && isFilled(schema.enum)) return pick(seed, schema.enum)
  if (schema.anyOf !== undefined && isFilled(schema.anyOf)) return sample(schema.anyOf[0], seed, asked, root)
  switch (typeof schema.type === 'string' ? schema.type : schema.type?.[0]) {
    case 'string':
      return PLACES.find((place) => asked.includes(place)) ?? pick(seed, PLACES)
    case 'integer':
      return bytesOf(seed, 1).readUInt8() % 40
    case 'number':
      return (bytesOf(seed, 2).readUInt16BE() % 400) / 10
    case 'boolean':
      return bytesOf(seed, 1).readUInt8() % 2 === 0
    case 'array':
      return [0, 1].map((i) => sample(schema.items ?? {}, `${seed}/${i}`, asked, root))
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, each]) => [
          name,
          sample(each, `${seed}/${name}`, asked, root),
        ]),
      )
    default:
      return null
  }
}

const PLACES = ['Paris', 'Zürich', 'Tōkyō', 'Lagos', 'Québec'] as const

/** The places that a text names, in its order. */
export function placesIn(text: string): string[] {
  return PLACES.filter((place) => text.includes(place)).toSorted((a, b) => text.indexOf(a) - text.indexOf(b))
}

function resolve(ref: string, root: Schema): Schema {
  const name = ref.split('/').at(-1) ?? ''
  return ref === '#' ? root : (root.$defs?.[name] ?? root.definitions?.[name] ?? {})
}

function isFilled<T>(list: readonly T[]): list is readonly [T, ...T[]] {
  return list.length > 0
}
