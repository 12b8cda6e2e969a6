import { parsed, type Shape, string } from './input/shape.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'

/** A step of a JSON path: a member, a list index, or every child. */
export type PathStep = string | number | typeof EVERY

export const EVERY = Symbol('every')

/** `$.metadata.run_id`, `$.messages[*].name`, `$.tools[0]`, `$['a b']`, `$.*` */
export const JSON_PATH: Shape<string> = parsed(
  string("a JSON path, such as '$.messages[*].name'", /^\$/),
  (path, place) => {
    const steps = stepsOf(path)
    return typeof steps === 'string' ? place.expected(JSON_PATH.expected, path, `: ${steps}`) : path
  },
)

/** @throws TypeError if the path is invalid */
export function parsePath(path: string): readonly PathStep[] {
  const steps = stepsOf(path)
  if (typeof steps === 'string') throw new TypeError(`${path}: ${steps}`)
  return steps
}

/** The steps of a path, or a string that explains why the path is invalid. */
function stepsOf(path: string): readonly PathStep[] | string {
  const steps: PathStep[] = []
  if (!path.startsWith('$')) return "a path begins with '$'"
  const pattern = /\.(\*|[^.[\]'"*\s]+)|\[(?:(\*)|(\d+)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/y
  pattern.lastIndex = 1
  while (pattern.lastIndex < path.length) {
    const at = pattern.lastIndex
    const match = pattern.exec(path)
    if (match === null) return `expected .name, [0], [*] or ['name'] at character ${at + 1}`
    const [, name, every, position, single, double] = match
    if (name === '*' || every !== undefined) steps.push(EVERY)
    else if (position !== undefined) steps.push(Number(position))
    else steps.push(name ?? (single ?? double ?? '').replaceAll(/\\(.)/g, '$1'))
  }
  return steps.length === 0 ? 'it names the whole body' : steps
}

/** Removes the values at a path. */
export function withoutPath(value: Json, steps: readonly PathStep[]): Json {
  return editPath(value, steps, () => undefined)
}

/** Edits the values at a path. A value is removed if `edit` returns undefined. Missing values are not created. */
export function editPath(
  value: Json,
  steps: readonly PathStep[],
  edit: (found: Json) => Json | undefined,
): Json {
  const [step, ...rest] = steps
  const inside = (child: Json): Json | undefined =>
    rest.length === 0 ? edit(child) : editPath(child, rest, edit)
  if (Array.isArray(value) && typeof step !== 'string') {
    const list = value as readonly Json[]
    return list.flatMap((child, i) => {
      const edited = step === EVERY || step === i ? inside(child) : child
      return edited === undefined ? [] : [edited]
    })
  }
  if (isJsonObject(value) && typeof step !== 'number') {
    return fromEntries(
      Object.entries(value).map(([key, child]) => [
        key,
        step === EVERY || step === key ? inside(child) : child,
      ]),
    )
  }
  return value
}

/** Keeps only the values at the paths, and the objects and lists that contain them. */
export function onlyPaths(value: Json, paths: readonly (readonly PathStep[])[]): Json {
  if (paths.some((steps) => steps.length === 0)) return value
  if (Array.isArray(value)) {
    return value.map((child: Json, i) => onlyPaths(child, under(paths, i)))
  }
  if (isJsonObject(value)) {
    const members = Object.entries(value).flatMap(([key, child]): [string, Json][] => {
      const inner = under(paths, key)
      return inner.length === 0 ? [] : [[key, onlyPaths(child, inner)]]
    })
    return fromEntries(members)
  }
  return null
}

function under(paths: readonly (readonly PathStep[])[], key: string | number): (readonly PathStep[])[] {
  return paths.filter(([step]) => step === key || step === EVERY).map(([, ...rest]) => rest)
}

function fromEntries(entries: readonly (readonly [string, Json | undefined])[]): JsonObject {
  return Object.fromEntries(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined))
}
