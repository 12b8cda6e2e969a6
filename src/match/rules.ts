import { described, named } from '../json/input/json-schema.ts'
import { object } from '../json/input/object.ts'
import {
  BOOLEAN,
  codeOnly,
  either,
  func,
  isRegExp,
  list,
  oneOf,
  optional,
  parsed,
  type Shape,
  someString,
  string,
} from '../json/input/shape.ts'
import type { Json } from '../json/json.ts'
import type { Parts } from './identity.ts'
import { editPath, JSON_PATH, onlyPaths, parsePath, type PathStep, withoutPath } from '../json/path.ts'
import { mapStrings } from '../json/map-strings.ts'
import { VOLATILE, VOLATILE_RULES, type VolatileRule } from './volatile.ts'

/** Which parts of requests are compared, and how. The rules apply to recorded and received requests. */
export interface MatcherOptions {
  /**
   * JSON paths in the body to ignore.
   * @example ['$.metadata.run_id', '$.messages[*].name']
   */
  readonly ignore?: readonly string[]
  /**
   * JSON paths in the body to compare. The rest of the body is ignored.
   * @example ['$.model', '$.messages']
   */
  readonly only?: readonly string[]
  /** Text to replace in the body before it is compared. */
  readonly normalize?: readonly NormalizeRule[]
  /** Kinds of text to ignore: `dates`, `uuids`, `paths` (of temporary files), `ports` (local). */
  readonly volatile?: readonly VolatileRule[]
  /**
   * Ignore the parameter schemas of tools.
   * @default false
   */
  readonly ignoreToolSchemas?: boolean
  /**
   * Parts of a request to compare.
   * @default ['method', 'path', 'query', 'headers', 'body']
   */
  readonly parts?: readonly PartName[]
  /**
   * Request headers to compare, in addition to those that change the meaning of a response.
   * @example ['x-tenant']
   */
  readonly headers?: readonly string[]
  /**
   * Match a request that differs from exactly one recorded request only in generated ids.
   * @default true
   */
  readonly align?: boolean
  /** Computes the value to compare, in place of the request. It receives the parts after all other rules. */
  readonly matchOn?: (parts: Parts) => Json
}

/** Replaces text in the strings at a path, or in all strings of the body. Needs `match`, `with` or both. */
export interface NormalizeRule {
  readonly path?: string
  readonly match?: RegExp | string
  /** The replacement for a match. @default '' */
  readonly as?: string
  readonly with?: (value: string) => string
}

export const PART_NAMES = ['method', 'path', 'query', 'headers', 'body'] as const
export type PartName = (typeof PART_NAMES)[number]

/** Applies the rules to the parts of a request. */
export type Projection = (parts: Parts) => Parts

const LITERAL = someString("a string, such as 'took 312 ms'")

const LITERAL_OR_PATTERN = "a string or a regular expression, such as 'took 312 ms' or /took \\d+ ms/"

const PATTERN = codeOnly(LITERAL_OR_PATTERN, isRegExp)

const NORMALIZE_RULE = parsed(
  object<NormalizeRule>("an object, such as { match: /took \\d+ ms/, as: 'took N ms' }", {
    path: optional(JSON_PATH),
    match: optional(
      either<RegExp | string>(LITERAL_OR_PATTERN, [LITERAL, PATTERN], (value) =>
        typeof value === 'string' ? LITERAL : PATTERN,
      ),
    ),
    as: optional(string('a string, which stands for what matches')),
    with: optional(func('a function, such as (value) => value.toLowerCase()')),
  }),
  (rule, place) =>
    rule.match === undefined && rule.with === undefined
      ? place.refuse('expected `match` or `with`, found neither')
      : rule,
)

/** In JSON `match` is required, because `with` is a function. */
const IN_JSON = described(NORMALIZE_RULE, 'What matches is replaced', { required: ['match'] })

const PATHS = "a list of JSON paths, such as ['$.metadata.run_id']"

export const MATCHERS: Shape<MatcherOptions> = named(
  'matchers',
  object<MatcherOptions>("an object, such as { volatile: ['dates'] }", {
    ignore: optional(
      described(list(JSON_PATH, PATHS), 'JSON paths in the request body to ignore when matching'),
    ),
    only: optional(
      described(list(JSON_PATH, PATHS), 'JSON paths in the request body to match on, ignoring the rest'),
    ),
    normalize: optional(
      described(
        list(IN_JSON, "a list of rules, such as [{ match: /took \\d+ ms/, as: 'took N ms' }]"),
        'Text to replace before request bodies are compared',
      ),
    ),
    volatile: optional(
      described(
        list(oneOf(VOLATILE_RULES), "a list of rules, such as ['dates', 'uuids']"),
        'Kinds of text to ignore because they change from run to run',
      ),
    ),
    ignoreToolSchemas: optional(described(BOOLEAN, 'Ignore the parameter schemas of tools when matching')),
    parts: optional(
      described(
        list(oneOf(PART_NAMES), "a list of parts, such as ['method', 'path', 'body']", { from: 1 }),
        'The parts of a request to match on',
      ),
    ),
    headers: optional(
      described(
        list(someString('the name of a header'), "a list of names, such as ['x-tenant']"),
        'Request headers to match on as well',
      ),
    ),
    align: optional(described(BOOLEAN, "Accept the client's own ids in place of the recorded ones")),
    matchOn: optional(func('a function, such as ({ body }) => body.model')),
  }),
)

/**
 * @param toolSchemas the JSON paths that `ignoreToolSchemas` ignores
 * @returns undefined if there are no rules
 */
export function compileMatchers(
  options: MatcherOptions,
  toolSchemas: readonly string[],
): Projection | undefined {
  const edits = [
    ...keepingOnly(options.only ?? []),
    ...[...(options.ignore ?? []), ...(options.ignoreToolSchemas ? toolSchemas : [])].map(ignoring),
    ...(options.normalize ?? []).map(normalizing),
    ...volatile(options.volatile ?? []),
  ]
  const { matchOn } = options
  const parts = comparedParts(options.parts)
  if (edits.length === 0 && parts === undefined && matchOn === undefined) return undefined
  return (all) => {
    const edited = { ...all, body: edits.reduce((body, edit) => edit(body), all.body) }
    const left = parts === undefined ? edited : parts(edited)
    return matchOn === undefined ? left : { ...EMPTY, body: matchOn(left) }
  }
}

type BodyEdit = (body: Json) => Json

const EMPTY: Parts = { method: '', path: '', query: null, headers: null, bodyKind: '', body: null }

function keepingOnly(paths: readonly string[]): BodyEdit[] {
  const steps = paths.map(parsePath)
  return steps.length === 0 ? [] : [(body) => onlyPaths(body, steps)]
}

function ignoring(path: string): BodyEdit {
  const steps = parsePath(path)
  return (body) => withoutPath(body, steps)
}

function normalizing(rule: NormalizeRule): BodyEdit {
  const replace = replacing(rule)
  if (rule.path === undefined) return (body) => mapStrings(body, replace)
  const steps: readonly PathStep[] = parsePath(rule.path)
  return (body) => editPath(body, steps, (found) => mapStrings(found, replace))
}

function replacing(rule: NormalizeRule): (text: string) => string {
  const { match, as = '', with: by } = rule
  if (by !== undefined && match === undefined) return by
  if (match === undefined) return (text) => text
  const pattern =
    typeof match === 'string'
      ? match
      : new RegExp(match.source, match.flags.includes('g') ? match.flags : `${match.flags}g`)
  return (text) => text.replaceAll(pattern, by === undefined ? () => as : (found) => by(found))
}

function volatile(names: readonly VolatileRule[]): BodyEdit[] {
  const rules = names.map((name) => VOLATILE[name])
  return rules.length === 0
    ? []
    : [(body) => mapStrings(body, (text) => rules.reduce((out, rule) => rule(out), text))]
}

function comparedParts(names: readonly PartName[] | undefined): Projection | undefined {
  if (names === undefined) return undefined
  const isCompared = (name: PartName): boolean => names.includes(name)
  return (all) => ({
    method: isCompared('method') ? all.method : '',
    path: isCompared('path') ? all.path : '',
    query: isCompared('query') ? all.query : null,
    headers: isCompared('headers') ? all.headers : null,
    bodyKind: isCompared('body') ? all.bodyKind : '',
    body: isCompared('body') ? all.body : null,
  })
}
