import type { ToolCall } from '../../api/answer.ts'
import type { CallReference, RewireRules } from '../../api/rewire.ts'
import type { RecordedRequest } from '../../cassette/cassette.ts'
import { isJsonObject, type Json, parseJson } from '../../json/json.ts'

/** Finds the requests that contain outputs of tool calls. */
export class ToolOutputs {
  readonly #lastRequest = new Map<string, number>()

  constructor(requests: readonly RecordedRequest[], rules: RewireRules) {
    for (const [n, { body }] of requests.entries()) {
      if (body.kind !== 'json') continue
      const json = parseJson(body.text) ?? null
      for (const call of answeredIn(json, rules)) this.#lastRequest.set(keyOf(call), n)
    }
  }

  /** Whether a request after the nth contains an output of this call. */
  isAnsweredAfter(n: number, { id, name }: ToolCall): boolean {
    return (this.#lastRequest.get(keyOf(id === undefined ? { name } : { id })) ?? -1) > n
  }
}

function keyOf(call: CallReference): string {
  return 'id' in call ? call.id : `function ${call.name}`
}

function* answeredIn(root: Json, rules: RewireRules): Generator<CallReference> {
  const todo: Json[] = [root]
  for (let value = todo.pop(); value !== undefined; value = todo.pop()) {
    if (typeof value !== 'object' || value === null) continue
    if (isJsonObject(value)) yield* rules.answeredCalls(value)
    todo.push(...(Object.values(value) as Json[]))
  }
}
