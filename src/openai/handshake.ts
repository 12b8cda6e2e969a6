import { type Headers, headerValue } from '../http/message.ts'

/** Browsers cannot set headers on a WebSocket, so OpenAI's clients encode these headers as subprotocols. */
const HEADER_PROTOCOLS: readonly [RegExp, (value: string) => readonly [name: string, value: string]][] = [
  [/^openai-insecure-api-key\.(.+)$/s, (key) => ['authorization', `Bearer ${key}`]],
  [/^openai-organization\.(.+)$/s, (id) => ['openai-organization', id]],
  [/^openai-project\.(.+)$/s, (id) => ['openai-project', id]],
  [/^openai-beta\.(.+)-(v\d+)$/s, (feature) => ['openai-beta', feature]],
]

const PROTOCOLS = 'sec-websocket-protocol'

/** Converts subprotocols that stand for headers into those headers. Existing headers take precedence. */
export function handshakeHeaders(headers: Headers): Headers {
  const offered = (headerValue(headers, PROTOCOLS) ?? '').split(',').map((each) => each.trim())
  const converted = offered.flatMap((protocol) => headerOf(protocol) ?? [])
  const otherProtocols = offered.filter((protocol) => protocol !== '' && headerOf(protocol) === undefined)
  const names = new Set(headers.map(([name]) => name))
  return [
    ...headers.filter(([name]) => name !== PROTOCOLS),
    ...converted.filter(([name]) => !names.has(name)),
    ...(otherProtocols.length === 0 ? [] : [[PROTOCOLS, otherProtocols.join(', ')] as const]),
  ]
}

function headerOf(protocol: string): readonly (readonly [string, string])[] | undefined {
  for (const [pattern, header] of HEADER_PROTOCOLS) {
    const [, value, version] = pattern.exec(protocol) ?? []
    if (value === undefined) continue
    const [name, text] = header(value)
    return [[name, version === undefined ? text : `${text}=${version}`]]
  }
  return undefined
}
