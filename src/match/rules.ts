import { UsageError } from '../messages/errors.ts'
import type { Json } from '../json/json.ts'
import type { Parts } from './identity.ts'
import { editPath, onlyPaths, parsePath, type PathStep, withoutPath } from '../json/path.ts'
import { mapStrings } from '../json/map-strings.ts'
import { VOLATILE, VOLATILE_RULES, type VolatileRule } from './volatile.ts'

/** How a request is compared. Recorded and received requests are treated alike. */
export interface MatcherOptions {
  /**
   * JSON paths of the body that do not count.
   * @example ['$.metadata.run_id', '$.messages[*].name']
   */
  readonly ignore?: readonly string[]
  /**
   * JSON paths of the body that alone count.
   * @example ['$.model', '$.messages']
   */
  readonly only?: readonly string[]
  /** Values that are evened out before they are compared. */
  readonly normalize?: readonly NormalizeRule[]
  /** Text that differs from run to run: `dates`, `uuids`, `paths` (temporary ones), `ports` (of this machine). */
  readonly volatile?: readonly VolatileRule[]
  /**
   * Compare tools by all but their parameters' schemas.
   * @default false
   */
  readonly ignoreToolSchemas?: boolean
  /**
   * What of a request counts.
   * @default ['method', 'path', 'query', 'headers', 'body']
   */
  readonly parts?: readonly PartName[]
  /**
   * Request headers that count, besides those that the API gives meaning to.
   * @example ['x-tenant']
   */
  readonly headers?: readonly string[]
  /**
   * Let the caller's own ids stand for the recorded ones, where a request differs from one
   * recorded request in nothing else.
   * @default true
   */
  readonly align?: boolean
  /** Compares what this returns, and nothing else. It receives what the rules above leave. */
  readonly matchOn?: (parts: Parts) => Json
}

/** A pattern, or a function, for the strings at a path, or for all strings of the body. */
export interface NormalizeRule {
  readonly path?: string
  readonly match?: RegExp | string
  /** What stands for a match. @default '' */
  readonly as?: string
  readonly with?: (value: string) => string
}

export const PART_NAMES = ['method', 'path', 'query', 'headers', 'body'] as const
export type PartName = (typeof PART_NAMES)[number]

/** What the rules leave of a request. */
export type Projection = (parts: Parts) => Parts

const KNOWN = [
  'ignore',
  'only',
  'normalize',
  'volatile',
  'ignoreToolSchemas',
  'parts',
  'headers',
  'align',
  'matchOn',
] as const

const LISTS = ['ignore', 'only', 'normalize', 'volatile', 'parts', 'headers'] as const

/**
 * Checks the outer shape, for callers without types: to a program, a string is a list of letters.
 * @throws UsageError that names what is wrong
 */
export function checkMatchers(options: MatcherOptions): void {
  if (typeof options !== 'object' || options === null)
    throw new UsageError("matchers must be an object, such as { volatile: ['dates'] }")
  const noList = LISTS.find((name) => options[name] !== undefined && !Array.isArray(options[name]))
  if (noList !== undefined) throw new UsageError(`the matcher '${noList}' must be a list, in [ ]`)
  if (options.matchOn !== undefined && typeof options.matchOn !== 'function')
    throw new UsageError("the matcher 'matchOn' must be a function")
}

/**
 * @param toolSchemas JSON paths of what `ignoreToolSchemas` ignores
 * @throws UsageError that names the rule that cannot be one
 * @returns undefined when there is no rule
 */
export function compileMatchers(
  options: MatcherOptions,
  toolSchemas: readonly string[],
): Projection | undefined {
  const unknown = Object.keys(options).find((key) => !(KNOWN as readonly string[]).includes(key))
  if (unknown !== undefined)
    throw new UsageError(`unknown matcher '${unknown}'; known are ${KNOWN.join(', ')}`)
  const edits = [
    ...keepingOnly(options.only ?? []),
    ...[...(options.ignore ?? []), ...(options.ignoreToolSchemas ? toolSchemas : [])].map(ignoring),
    ...(options.normalize ?? []).map(normalizing),
    ...volatile(options.volatile ?? []),
  ]
  const { matchOn } = options
  const parts = counted(options.parts)
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
  if (match === undefined) throw new UsageError("a rule of 'normalize' needs 'match' or 'with'")
  const pattern =
    typeof match === 'string'
      ? match
      : new RegExp(match.source, match.flags.includes('g') ? match.flags : `${match.flags}g`)
  return (text) => text.replaceAll(pattern, by === undefined ? () => as : (found) => by(found))
}

function volatile(names: readonly string[]): BodyEdit[] {
  const unknown = names.find((name) => !Object.hasOwn(VOLATILE, name))
  if (unknown !== undefined) {
    throw new UsageError(
      `'${unknown}' is no rule for volatile text; the rules are ${VOLATILE_RULES.join(', ')}`,
    )
  }
  const rules = names.map((name) => VOLATILE[name as VolatileRule])
  return rules.length === 0
    ? []
    : [(body) => mapStrings(body, (text) => rules.reduce((out, rule) => rule(out), text))]
}

function counted(names: readonly string[] | undefined): Projection | undefined {
  if (names === undefined) return undefined
  const unknown = names.find((name) => !(PART_NAMES as readonly string[]).includes(name))
  if (unknown !== undefined || names.length === 0) {
    throw new UsageError(`'parts' takes some of ${PART_NAMES.join(', ')}, not ${unknown ?? 'none'}`)
  }
  const counts = (name: PartName): boolean => names.includes(name)
  return (all) => ({
    method: counts('method') ? all.method : '',
    path: counts('path') ? all.path : '',
    query: counts('query') ? all.query : null,
    headers: counts('headers') ? all.headers : null,
    bodyKind: counts('body') ? all.bodyKind : '',
    body: counts('body') ? all.body : null,
  })
}
