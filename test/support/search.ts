import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseCassette } from '../../src/cassette/notation/text.ts'
import { readEvent } from '../../src/http/sse.ts'

/** Where a secret stands under a directory, in whatever form; undefined when it is nowhere. */
export async function findSecret(directory: string, secret: string): Promise<string | undefined> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath, entry.name)
    if (holds(entry.name, secret)) return `the name of ${file}`
    const bytes = await readFile(file)
    if (isIn(bytes, secret)) return file
    if (file.endsWith('.yaml') && spelledIn(bytes.toString('utf8')).some((text) => holds(text, secret)))
      return `${file}, in pieces`
  }
  return undefined
}

/** Whether a secret stands in a cassette's text or in one of its blobs, in whatever form. */
export function standsIn([text, ...blobs]: readonly Uint8Array[], secret: string): boolean {
  const yaml = Buffer.from(text ?? []).toString('utf8')
  return (
    [text, ...blobs].some((bytes = new Uint8Array(0)) => isIn(Buffer.from(bytes), secret)) ||
    spelledIn(yaml).some((spelled) => holds(spelled, secret))
  )
}

function isIn(bytes: Buffer, secret: string): boolean {
  return holds(bytes.toString('utf8'), secret) || holds(bytes.toString('latin1'), secret)
}

/** Whether a text holds a secret: as it is, escaped, encoded, or in base64. */
export function holds(text: string, secret: string): boolean {
  if (
    plainly(text, secret) ||
    plainly(unescaped(text), secret) ||
    plainly(unescaped(unescaped(text)), secret)
  )
    return true
  return [...text.matchAll(/[A-Za-z0-9+/_-]{8,}={0,2}/g)].some(([run]) =>
    [0, 1, 2, 3].some((step) => {
      const decoded = Buffer.from(run.slice(step), 'base64')
      return plainly(decoded.toString('utf8'), secret) || plainly(decoded.toString('latin1'), secret)
    }),
  )
}

function plainly(text: string, secret: string): boolean {
  const forms = [secret, Buffer.from(secret).toString('latin1')]
  // Half a key is too much as well.
  if (secret.length >= 24) forms.push(secret.slice(0, secret.length / 2), secret.slice(secret.length / 2))
  return forms.some((form) => text.includes(form))
}

function unescaped(text: string): string {
  const json = text
    .replaceAll(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\(["\\/])/g, '$1')
  return json
    .replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
      Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
    )
    .replaceAll('+', ' ') === json
    ? json
    : `${json}\n${json.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))}\n${json.replaceAll('+', ' ')}`
}

/** What the streams and the token lists of a cassette spell: all strings under one name, joined. */
function spelledIn(yaml: string): string[] {
  return parseCassette(yaml, 'x').interactions.flatMap(({ response: { body } }) => {
    if (body.kind === 'json') return [...stringsByName([body.text]).values()]
    if (body.kind !== 'events') return []
    const data = body.events.map((event) => readEvent(event.raw).data ?? '')
    return [data.join(''), ...stringsByName(data).values()]
  })
}

function stringsByName(texts: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  const bytes: number[] = []
  for (const text of texts) {
    if (!/^\s*[{[]/.test(text) || !isJson(text)) continue
    JSON.parse(text, (key, value: unknown) => {
      if (typeof value === 'string') found.set(key, (found.get(key) ?? '') + value)
      if (key === 'bytes' && Array.isArray(value)) bytes.push(...(value as number[]))
      return value
    })
  }
  return found.set('bytes', Buffer.from(bytes).toString('utf8'))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
