import type { Env } from '../../engine/modes.ts'
import { secretShapes } from '../../openai/shapes.ts'
import { Redactor } from '../../redact/redactor.ts'

/** The secrets in the environment: every *_KEY, *_TOKEN, *_SECRET and *_PASSWORD, and OpenAI's account ids. */
export function secretsOf(env: Env): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && /_(?:KEY|TOKEN|SECRET|PASSWORD)$|^OPENAI_(?:ORG|PROJECT)_ID$/i.test(name)
      ? [value]
      : [],
  )
}

/** Redacts the environment's secrets, and everything shaped like a key, in messages. */
export function redactWith(env: Env): (text: string) => string {
  let redactor: Redactor | undefined
  return (text) => {
    // Created lazily, because only error messages need it.
    redactor ??= new Redactor(secretShapes, secretsOf(env))
    return redactor.text(text)
  }
}

/** Redacts everything shaped like a key in a text for a message or a name. */
export function withoutKeys(text: string): string {
  return new Redactor(secretShapes, []).text(text)
}
