import type { RecordedRequest } from '../../cassette/cassette.ts'
import { isJsonObject, type Json, parseJson } from '../../json/json.ts'
import type { ToolCall } from '../../api/answer.ts'

/** Which calls are answered by which requests. */
export class Outputs {
  readonly #last = new Map<string, number>()

  constructor(requests: readonly RecordedRequest[]) {
    for (const [n, { body }] of requests.entries())
      if (body.kind === 'json')
        for (const id of answeredBy(parseJson(body.text) ?? null)) this.#last.set(id, n)
  }

  /** Whether a request behind the nth carries an output of this call. */
  answers({ id, name }: ToolCall, n: number): boolean {
    return (this.#last.get(id ?? `function ${name}`) ?? -1) > n
  }
}

function* answeredBy(root: Json): Generator<string> {
  const todo: Json[] = [root]
  for (let value = todo.pop(); value !== undefined; value = todo.pop()) {
    if (typeof value !== 'object' || value === null) continue
    if (isJsonObject(value)) {
      const { role, type, name } = value
      const id = value['tool_call_id'] ?? value['approval_request_id'] ?? value['call_id']
      const isOutput = 'output' in value || role === 'tool' || /_(?:output|response)$/.test(String(type))
      if (isOutput && typeof id === 'string') yield id
      if (role === 'function') yield `function ${String(name)}`
    }
    todo.push(...(Object.values(value) as Json[]))
  }
}
