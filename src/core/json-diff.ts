import { isJsonObject, type Json, type JsonObject } from './json.ts'

/** A place where two values differ. `undefined` is a value that is not there. */
export interface Difference {
  /** JSON path: `$.messages[0].content`. */
  readonly path: string
  readonly recorded: Json | undefined
  readonly received: Json | undefined
}

/** Where two values differ, leaf by leaf in their order, `limit` places at most. */
export function diffJson(
  recorded: Json | undefined,
  received: Json | undefined,
  limit: number,
): Difference[] {
  const found: Difference[] = []
  const todo: Difference[] = [{ path: '$', recorded, received }]
  while (todo.length > 0 && found.length < limit) {
    const pair = todo.pop() as Difference
    const inner = innerPairs(pair)
    if (inner !== undefined) for (const each of inner.toReversed()) todo.push(each)
    else if (!equalLeaves(pair.recorded, pair.received)) found.push(pair)
  }
  return found
}

/** The pairs to compare inside two lists or two objects; undefined when there is nothing inside. */
function innerPairs({ path, recorded, received }: Difference): Difference[] | undefined {
  if (recorded === received) return []
  if (Array.isArray(recorded) && Array.isArray(received)) {
    const length = Math.max(recorded.length, received.length)
    return Array.from({ length }, (_, i) => ({
      path: `${path}[${i}]`,
      recorded: recorded[i],
      received: received[i],
    }))
  }
  if (isJsonObject(recorded) && isJsonObject(received)) {
    return keysOf(recorded, received).map((key) => ({
      path: path + member(key),
      recorded: own(recorded, key),
      received: own(received, key),
    }))
  }
  return undefined
}

function keysOf(a: JsonObject, b: JsonObject): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function member(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function equalLeaves(a: Json | undefined, b: Json | undefined): boolean {
  return Object.is(a, b) || (a === 0 && b === 0)
}
