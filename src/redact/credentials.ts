import type { Headers } from '../http/message.ts'
import type { Placeholders } from './placeholders.ts'
import type { SecretShapes } from './shapes.ts'
import { isKeyLike, MIN_SECRET_LENGTH } from './secrets.ts'

/** Headers that carry nothing but credentials. They are not recorded at all. */
export const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  'api-key',
  'authorization',
  'cookie',
  'cookie2',
  'proxy-authorization',
  'set-cookie',
  'set-cookie2',
  'x-api-key',
])

/** JSON members, query parameters and form fields whose value is a credential, whatever it looks like. */
const NAMES =
  'authorization|proxy-authorization|api[-_]?key|x-api-key|(?:access|refresh|id)_token|client_secret|subscription-key'
// Bounded, as a pattern that matches megabytes overflows the stack.
const MEMBER = new RegExp(
  String.raw`("(?:${NAMES})"\s*:\s*"(?:[A-Za-z]{1,64} {1,8})?)([^"\\\s]{8,8192})(?=")`,
  'gi',
)
const PARAMETER = new RegExp(String.raw`((?:^|[?&])(?:${NAMES})=)([^&#]{1,8192})`, 'gi')

type Replace = (value: string) => string

export function replaceMembers(json: string, replace: Replace): string {
  return json.replace(MEMBER, (_, name: string, value: string) => name + replace(value))
}

/** @param text a path with its query, or a form's fields */
export function replaceParameters(text: string, replace: Replace): string {
  return text.replace(PARAMETER, (_, name: string, value: string) => name + replace(value))
}

/** Whether a text is a form's fields: `a=1&b=2`. */
export function isForm(text: string): boolean {
  return text.length < 65_536 && /^[\w.-]+=[^&\s]*(?:&[\w.-]+=[^&\s]*)*$/.test(text)
}

/** The credentials that a request carries in its headers. */
export function credentialsOfRequest(headers: Headers, placeholders: Placeholders): string[] {
  const named = headers.filter(([name]) => KEY_HEADERS.has(name)).flatMap(([, value]) => credentialsIn(value))
  const cookies = headers.filter(([name]) => name === 'cookie').flatMap(([, value]) => cookieValues(value))
  return secretsAmong([...named, ...cookies], placeholders)
}

const KEY_HEADERS: ReadonlySet<string> = new Set([
  'api-key',
  'authorization',
  'proxy-authorization',
  'x-api-key',
])

/** The cookies that a response sets, and the accounts that it names. */
export function credentialsOfResponse(
  headers: Headers,
  { accountHeaders, placeholders }: SecretShapes,
): string[] {
  const cookies = headers
    .filter(([name]) => name === 'set-cookie')
    .flatMap(([, value]) => cookieValues(value.split(';')[0] ?? ''))
  const accounts = headers.filter(([name]) => accountHeaders.has(name)).map(([, value]) => value)
  return secretsAmong([...cookies, ...accounts.filter(isKeyLike)], placeholders)
}

/** Those values that are long enough to be looked for, and not redacted already. */
export function secretsAmong(values: Iterable<string>, placeholders: Placeholders): string[] {
  return [...values]
    .map((value) => value.trim())
    .filter((value) => value.length >= MIN_SECRET_LENGTH && !placeholders.isPlaceholder(value))
}

/** What follows a header's scheme, and the password of a Basic one. */
function credentialsIn(header: string): string[] {
  const [, scheme = '', value = ''] = /^(?:([A-Za-z]+)\s+)?(.*)$/s.exec(header) ?? []
  const pair = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString() : ''
  return [value, pair.slice(pair.indexOf(':') + 1)]
}

function cookieValues(header: string): string[] {
  return header
    .split(';')
    .map((pair) => pair.slice(pair.indexOf('=') + 1).trim())
    .filter(isKeyLike)
}
