import type { Headers } from '../http/message.ts'
import type { Placeholders } from './placeholders.ts'
import type { SecretShapes } from './shapes.ts'
import { isKeyLike, MIN_SECRET_LENGTH } from './secrets.ts'

/** Headers that contain only credentials. They are never recorded. */
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

/** JSON members, query parameters and form fields whose value is always treated as a credential. */
const NAMES =
  'authorization|proxy-authorization|api[-_]?key|x-api-key|(?:access|refresh|id)_token|client_secret|subscription-key'
// Repetition is bounded: a match of several megabytes overflows the stack.
const MEMBER = new RegExp(
  String.raw`("(?:${NAMES})"\s*:\s*"(?:[A-Za-z]{1,64} {1,8})?)([^"\\\s]{8,8192})(?=")`,
  'gi',
)
const PARAMETER = new RegExp(String.raw`((?:^|[?&])(?:${NAMES})=)([^&#]{1,8192})`, 'gi')

type Replace = (value: string) => string

export function replaceMembers(json: string, replace: Replace): string {
  return json.replace(MEMBER, (_, name: string, value: string) => name + replace(value))
}

/** @param text a path with its query, or a URL-encoded form */
export function replaceParameters(text: string, replace: Replace): string {
  return text.replace(PARAMETER, (_, name: string, value: string) => name + replace(value))
}

/** Whether a text is a URL-encoded form: `a=1&b=2`. */
export function isForm(text: string): boolean {
  return text.length < 65_536 && /^[\w.-]+=[^&\s]*(?:&[\w.-]+=[^&\s]*)*$/.test(text)
}

/** The credentials in the headers of a request. */
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

/** The cookies and account ids in the headers of a response. */
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

/** The values that are long enough to search for, and not yet redacted. */
export function secretsAmong(values: Iterable<string>, placeholders: Placeholders): string[] {
  return [...values]
    .map((value) => value.trim())
    .filter((value) => value.length >= MIN_SECRET_LENGTH && !placeholders.isPlaceholder(value))
}

/** The credentials after the scheme. For Basic authentication, also the decoded password. */
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
