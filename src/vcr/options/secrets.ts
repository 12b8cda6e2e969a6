import type { Env } from '../../engine/modes.ts'
import { secretShapes } from '../../openai/shapes.ts'
import { Redactor } from '../../redact/redactor.ts'

/** The secrets that the environment holds: every *_KEY, *_TOKEN, *_SECRET and *_PASSWORD, and OpenAI's account ids. */
export function secretsOf(env: Env): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && /_(?:KEY|TOKEN|SECRET|PASSWORD)$|^OPENAI_(?:ORG|PROJECT)_ID$/i.test(name)
      ? [value]
      : [],
  )
}

/** Takes what the environment keeps secret, and what is shaped like a key, out of messages. */
export function redactWith(env: Env): (text: string) => string {
  let redactor: Redactor | undefined
  return (text) => {
    // Only messages of refusals need one.
    redactor ??= new Redactor(secretShapes, secretsOf(env))
    return redactor.text(text)
  }
}

/** A text for a message or a name, without what is shaped like a key. */
export function withoutKeys(text: string): string {
  return new Redactor(secretShapes, []).text(text)
}
