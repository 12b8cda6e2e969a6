import { isJsonObject, type Json } from './json.ts'

/** Replaces every string in a value. Iterative, so that deep nesting cannot overflow the stack. */
export function mapStrings(root: Json, replace: (text: string) => string): Json {
  const top: Json[] = [root]
  const todo: MutableContainer[] = [top]
  const copied = (value: Json): Json => {
    if (typeof value === 'string') return replace(value)
    if (!Array.isArray(value) && !isJsonObject(value)) return value
    const copy: MutableContainer = isJsonObject(value) ? { ...value } : [...(value as readonly Json[])]
    todo.push(copy)
    return copy
  }
  for (let container = todo.pop(); container !== undefined; container = todo.pop()) {
    if (Array.isArray(container)) {
      for (let i = 0; i < container.length; i++) container[i] = copied(container[i] as Json)
    } else {
      // An assignment to a member named __proto__ would set the prototype.
      for (const [key, value] of Object.entries(container))
        Object.defineProperty(container, key, { value: copied(value) })
    }
  }
  return top[0] as Json
}

/** A list or an object under construction. */
export type MutableContainer = Json[] | Record<string, Json>
