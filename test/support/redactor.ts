import { secretShapes } from '../../src/openai/shapes.ts'
import { Redactor } from '../../src/redact/redactor.ts'
import type { RedactRule } from '../../src/redact/rules.ts'

/** A redactor that knows the shapes of OpenAI's keys. */
export function redactorOf(secrets: Iterable<string> = [], rules: readonly RedactRule[] = []): Redactor {
  return new Redactor(secretShapes, secrets, rules)
}
