import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** Where real traffic lies, when it is there: beside the project, never in it. */
const FILE = new URL('../../../shared/real-traffic/exchanges.jsonl.gz', import.meta.url)

export const trafficIsThere = existsSync(FILE)

export interface Exchange {
  /** The recording that it comes from; its exchanges are in their order. */
  readonly group: string
  readonly method: string
  readonly path: string
  readonly requestType: string | undefined
  readonly requestBody: Buffer
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

interface Row {
  group: string
  method: string
  path: string
  reqType: string | null
  reqBody: string | null
  status: number
  resHeaders: [string, string][]
  resBody: string | null
}

export function readExchanges(): Exchange[] {
  const lines = gunzipSync(readFileSync(FILE)).toString().trim().split('\n')
  return lines.map((line) => {
    const row = JSON.parse(line) as Row
    return {
      group: row.group,
      method: row.method,
      path: row.path,
      requestType: row.reqType ?? undefined,
      requestBody: Buffer.from(row.reqBody ?? '', 'base64'),
      status: row.status,
      headers: row.resHeaders.map(([name, value]) => [name.toLowerCase(), value.trim()] as const),
      body: Buffer.from(row.resBody ?? '', 'base64'),
    }
  })
}

/** Where an exchange is kept: a cassette for each group, with the number in the group's order. */
export function cassetteOf(exchange: Exchange, all: readonly Exchange[]): string {
  return `group-${[...new Set(all.map(({ group }) => group))].indexOf(exchange.group)}`
}

/** The endpoint, ids left out, for counting. */
export function endpointOf({ method, path }: Exchange): string {
  const [plain] = path.split('?')
  return `${method} ${plain?.replaceAll(/\/[A-Za-z]+[-_][A-Za-z0-9-]{8,}/g, '/ID')}`
}
