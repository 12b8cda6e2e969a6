import { isJsonObject, type Json, type JsonObject } from '../../../json/json.ts'

type JsonContainer = readonly Json[] | JsonObject

/**
 * 53-bit hashes of JSON values. They are much cheaper than cryptographic hashes, and are used only to choose
 * what a message shows, never to match requests. The hash of every list and object is cached.
 */
export class Digests {
  readonly #known = new WeakMap<JsonContainer, number>()
  readonly #keys = new Map<string, number>()

  /** 0 if the value is undefined. */
  of(value: Json | undefined): number {
    return isContainer(value) ? this.#container(value) : scalarDigest(value)
  }

  /** Iterative, so that deep nesting cannot overflow the stack. Hashes the contents of a value before the value. */
  #container(root: JsonContainer): number {
    const todo: JsonContainer[] = [root]
    for (let value = todo.at(-1); value !== undefined; value = todo.at(-1)) {
      const before = todo.length
      if (!this.#known.has(value)) this.#pushUnknown(value, todo)
      if (todo.length > before) continue
      if (!this.#known.has(value)) this.#known.set(value, this.#combine(value))
      todo.pop()
    }
    return this.#known.get(root) as number
  }

  #pushUnknown(value: JsonContainer, todo: JsonContainer[]): void {
    for (const inner of isJsonObject(value) ? Object.values(value) : value)
      if (isContainer(inner) && !this.#known.has(inner)) todo.push(inner)
  }

  #combine(value: JsonContainer): number {
    let [low, high] = [isJsonObject(value) ? 1 : 2, 3]
    if (isJsonObject(value)) {
      // A sum does not depend on the order of keys.
      for (const key in value) {
        const [name, inner] = [this.#key(key), this.#digested(value[key] as Json)]
        low = (low + mixBits(lowOf(name) ^ mixBits(lowOf(inner)))) | 0
        high = (high + mixBits(highOf(name) ^ mixBits(highOf(inner) + 1))) | 0
      }
    } else {
      for (const item of value) {
        const inner = this.#digested(item)
        low = Math.imul(low ^ lowOf(inner), 0x9e3779b1)
        high = Math.imul(high ^ highOf(inner), 0x5f356495)
      }
    }
    return joined(mixBits(low), mixBits(high))
  }

  #digested(value: Json): number {
    return isContainer(value) ? (this.#known.get(value) as number) : scalarDigest(value)
  }

  #key(key: string): number {
    const known = this.#keys.get(key) ?? textDigest(key, 4)
    this.#keys.set(key, known)
    return known
  }
}

function isContainer(value: Json | undefined): value is JsonContainer {
  return typeof value === 'object' && value !== null
}

function scalarDigest(value: Json | undefined): number {
  if (value === undefined) return 0
  return typeof value === 'string' ? textDigest(value, 5) : textDigest(String(value), 6)
}

function textDigest(text: string, seed: number): number {
  let [low, high] = [seed ^ Math.imul(text.length, 0x85ebca6b), ~seed]
  // Hashing two code units at a time is twice as fast, and most of a request is text.
  for (let i = 0; i < text.length; i += 2) {
    const units = text.charCodeAt(i) | (i + 1 < text.length ? text.charCodeAt(i + 1) << 16 : 0)
    low = Math.imul(low ^ units, 0x9e3779b1)
    high = Math.imul(high ^ units, 0x5f356495) ^ (low >>> 15)
  }
  return joined(mixBits(low ^ (high >>> 13)), mixBits(high ^ (low >>> 11)))
}

/** The final mixing step of MurmurHash3: every input bit affects all 32 output bits. */
export function mixBits(bits: number): number {
  const once = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35)
  return twice ^ (twice >>> 16)
}

function joined(low: number, high: number): number {
  return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0)
}

function lowOf(digest: number): number {
  return digest | 0
}

function highOf(digest: number): number {
  return Math.floor(digest / 0x1_0000_0000)
}
