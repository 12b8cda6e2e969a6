import { createHash } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { gunzipSync } from 'node:zlib'
import type { Exchange } from './exchanges.ts'
import { EXCHANGE_HEADER } from './origin.ts'
import { NOT_PROMISED } from '../support/not-promised.ts'

/** An answer as it is compared. */
export interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly sha256: string
}

/** Sends one exchange's request over node:http, path and bytes as they are. */
export function send(
  base: string,
  exchange: Exchange,
  number: number,
  more: Record<string, string> = {},
): Promise<Got> {
  const url = new URL(base)
  const client = url.protocol === 'https:' ? https : http
  const headers: http.OutgoingHttpHeaders = {
    authorization: 'Bearer sk-proj-0000planted1111secret2222value3333abcdEFGH',
    'accept-encoding': 'gzip, deflate, br',
    [EXCHANGE_HEADER]: String(number),
    ...more,
    ...(exchange.requestType === undefined ? {} : { 'content-type': exchange.requestType }),
    ...(exchange.requestBody.length > 0 || exchange.method === 'POST'
      ? { 'content-length': exchange.requestBody.length }
      : {}),
  }
  const path = url.pathname.replace(/\/$/, '') + exchange.path
  return new Promise((resolve, reject) => {
    const request = client.request(
      { host: url.hostname, port: url.port, path, method: exchange.method, headers },
      (res) => {
        const packets: Buffer[] = []
        res.on('data', (packet: Buffer) => packets.push(packet))
        res.on('error', reject)
        res.on('end', () => {
          const raw = Buffer.concat(packets)
          const body = res.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
          resolve({
            status: res.statusCode as number,
            headers: joined(res.rawHeaders),
            body: body.toString('latin1'),
            sha256: createHash('sha256').update(body).digest('hex'),
          })
        })
      },
    )
    request.on('error', reject)
    request.end(exchange.requestBody)
  })
}

function joined(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase()
    const value = (raw[i + 1] as string).trim()
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
}

/** With the hint that an instant replay adds to what clients ask again. */
const EXCEPTED: ReadonlySet<string> = new Set([...NOT_PROMISED, 'retry-after-ms'])

const MASKED: Readonly<Record<string, RegExp>> = {
  'openai-organization': /^org-redacted(-\d+)?$/,
  'openai-project': /^proj_redacted(-\d+)?$/,
}

/**
 * What of an answer is not as it was; undefined when all of it is.
 * @param how a live answer names the account, a replayed one has placeholders there
 */
export function difference(got: Got, exchange: Exchange, how: 'live' | 'replayed'): string | undefined {
  if (got.status !== exchange.status) return `status ${got.status} for ${exchange.status}`
  const expected = exchange.status === 204 ? '' : exchange.body.toString('latin1')
  if (got.body !== expected && maskOrganisations(got.body) !== maskOrganisations(expected)) {
    return `body of ${got.body.length} bytes for ${expected.length}: ${got.body.slice(0, 200)}`
  }
  const wanted = joined(exchange.headers.flat())
  const names = new Set(
    [...Object.keys(wanted), ...Object.keys(got.headers)].filter((name) => !EXCEPTED.has(name)),
  )
  for (const name of names) {
    const value = got.headers[name]
    const as = how === 'replayed' ? MASKED[name] : undefined
    const fits =
      as !== undefined && wanted[name] !== undefined ? as.test(value ?? '') : value === wanted[name]
    if (!fits) return `header ${name}: ${value} for ${wanted[name]}`
  }
  return undefined
}

/** Organisation ids in a body come back as placeholders. */
export function maskOrganisations(body: string): string {
  return body.replaceAll(/\borg-(?:redacted(?:-\d+)?|[A-Za-z0-9]{16,})/g, 'org-')
}
