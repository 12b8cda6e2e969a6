import { bytesOf, pick } from './ids.ts'
import { knownObject } from './sentences.ts'

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

/** What a value is to be about. */
export interface Subject {
  readonly seed: string
  /** The places, the dates and the number that it names are taken first. */
  readonly prompt: string
  /** Members whose values are known, by name. */
  readonly facts: Readonly<Record<string, unknown>>
}

/** A value that the schema allows: what is known of the subject, and else chosen by the seed. */
export function sample(schema: Schema, subject: Subject, root: Schema = schema): unknown {
  const { seed, prompt } = subject
  if (schema.$ref !== undefined) return sample(resolve(schema.$ref, root), subject, root)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined && isFilled(schema.enum)) return pick(seed, schema.enum)
  if (schema.anyOf !== undefined && isFilled(schema.anyOf)) return sample(schema.anyOf[0], subject, root)
  switch (typeof schema.type === 'string' ? schema.type : schema.type?.[0]) {
    case 'string':
      return placesIn(prompt)[0] ?? pick(seed, PLACES)
    case 'integer':
      return numberIn(prompt) ?? bytesOf(seed, 1).readUInt8() % 40
    case 'number':
      return numberIn(prompt) ?? (bytesOf(seed, 2).readUInt16BE() % 400) / 10
    case 'boolean':
      return bytesOf(seed, 1).readUInt8() % 2 === 0
    case 'array':
      return [0, 1].map((i) => sample(schema.items ?? {}, { ...subject, seed: `${seed}/${i}` }, root))
    case 'object':
      return sampleObject(schema, subject, root)
    default:
      return null
  }
}

function sampleObject({ properties = {} }: Schema, subject: Subject, root: Schema): object {
  const known = knownObject(subject.prompt, Object.keys(properties))
  if (known !== undefined) return known
  const member = (name: string, schema: Schema): unknown => {
    if (name === 'date') return dateIn(subject.prompt) ?? '2026-12-24'
    if (name === 'umbrella' && subject.facts['sky'] !== undefined) return subject.facts['sky'] === 'rain'
    return subject.facts[name] ?? sample(schema, { ...subject, seed: `${subject.seed}/${name}` }, root)
  }
  return Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, member(name, each)]))
}

/** The first date that a text names, as 2026-12-24. */
export function dateIn(text: string): string | undefined {
  return /\b\d{4}-\d\d-\d\d\b/.exec(text)?.[0]
}

function numberIn(text: string): number | undefined {
  const found = /(?<![\w.:-])\d+(?![\w:-])/.exec(text)?.[0]
  return found === undefined ? undefined : Number(found)
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
