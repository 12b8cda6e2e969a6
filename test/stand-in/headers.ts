import type { Asked } from './asked.ts'
import { bytesOf, hex, letters } from './ids.ts'

type Pairs = readonly (readonly [string, string])[]

/** The headers that every answer of the API has, in its order and its mixture of cases. */
export function apiHeaders({ seed, path }: Asked, type: string): Pairs {
  const expires = 'Mon, 16-Nov-26 18:36:40 GMT'
  const site = 'path=/; domain=.api.openai.com; HttpOnly; Secure; SameSite=None'
  return [
    ['Date', 'Mon, 16 Nov 2026 18:06:40 GMT'],
    ['Content-Type', type],
    ['access-control-expose-headers', 'X-Request-ID'],
    ['access-control-expose-headers', 'CF-Ray'],
    ['openai-organization', `org-${letters('organization', 24)}`],
    ['openai-processing-ms', String(100 + (bytesOf(seed, 2).readUInt16BE() % 900))],
    ['openai-project', `proj_${letters('project', 24)}`],
    ['openai-version', '2020-10-01'],
    ...(isMetered(path) ? RATE_LIMITS : []),
    ['x-request-id', `req_${hex(seed, 32)}`],
    ['x-openai-proxy-wasm', 'v0.1'],
    ['cf-cache-status', 'DYNAMIC'],
    [
      'Set-Cookie',
      `__cf_bm=${letters(`bm/${seed}`, 43)}-1795000000-1.0.1.1-${letters(`cf/${seed}`, 86)}; expires=${expires}; ${site}`,
    ],
    ['Set-Cookie', `_cfuvid=${letters(`uv/${seed}`, 43)}-1795000000123-0.0.1.1-604800000; ${site}`],
    ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains; preload'],
    ['X-Content-Type-Options', 'nosniff'],
    ['Server', 'cloudflare'],
    ['CF-RAY', `${hex(`ray/${seed}`, 16)}-IAD`],
    ['alt-svc', 'h3=":443"; ma=86400'],
  ]
}

function isMetered(path: string): boolean {
  return /^\/v1\/(?:chat|responses|embeddings|audio|images)/.test(path)
}

const RATE_LIMITS: Pairs = [
  ['x-ratelimit-limit-requests', '30000'],
  ['x-ratelimit-limit-tokens', '150000000'],
  ['x-ratelimit-remaining-requests', '29999'],
  ['x-ratelimit-remaining-tokens', '149999976'],
  ['x-ratelimit-reset-requests', '2ms'],
  ['x-ratelimit-reset-tokens', '0s'],
]
