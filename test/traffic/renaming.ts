import { createHash } from 'node:crypto'
import type { Exchange } from './exchanges.ts'

/**
 * Gives everything that the API made in a recording another name, in answers and in the requests behind them, by
 * regular expressions on the raw text: no code of the program is used to find it.
 */
export class Renaming {
  readonly #names = new Map<string, { readonly by: string; readonly kind: string }>()
  /** What looks the same, but was in a request first. */
  readonly constants = new Set<string>()

  constructor(group: readonly Exchange[]) {
    let asked = ''
    for (const exchange of group) {
      asked += `${decodeURIComponent(exchange.path)}\n${exchange.requestBody.toString('latin1')}\n`
      for (const { value, kind } of candidatesIn(answerText(exchange))) {
        if (this.#names.has(value)) continue
        if (asked.includes(value)) this.constants.add(value)
        else this.#names.set(value, { by: renamed(value), kind })
      }
    }
  }

  /** The text with every name replaced. */
  rename(text: string, tell: (kind: string) => void = () => undefined): string {
    const inPieces = (pattern: RegExp, piece: string, rest: (piece: string) => string): string =>
      piece.replace(pattern, (all) => {
        const name = this.#names.get(all)
        if (name === undefined) return rest(all)
        tell(name.kind)
        return name.by
      })
    const narrow = (piece: string): string => inPieces(/[A-Za-z0-9_-]{5,}/g, piece, (all) => all)
    return inPieces(/[A-Za-z0-9_\-+/=:.]{5,}/g, text, narrow)
  }
}

/** The exchange with every name replaced. */
export function renamedExchange(
  exchange: Exchange,
  renaming: Renaming,
  tell: (kind: string) => void = () => undefined,
): Exchange {
  const inBytes = (bytes: Buffer, tellOf?: (kind: string) => void): Buffer =>
    Buffer.from(renaming.rename(bytes.toString('latin1'), tellOf), 'latin1')
  return {
    ...exchange,
    path: renaming.rename(exchange.path, tell),
    requestBody: inBytes(exchange.requestBody, tell),
    headers: exchange.headers.map(([name, value]) => [name, renaming.rename(value)] as const),
    body: inBytes(exchange.body),
  }
}

function answerText({ headers, body }: Exchange): string {
  return `${headers.map(([name, value]) => `${name}: ${value}`).join('\n')}\n\n${body.toString('latin1')}`
}

const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['encrypted', /"(?:encrypted_content|data|signature)":\s*"([A-Za-z0-9+/=_-]{40,})"/g],
  ['image', /"b64_json":\s*"([A-Za-z0-9+/=_-]{20,})"/g],
  ['id by its member', /"(?:id|[a-z]+_id)":\s*"([A-Za-z0-9_-]{5,})"/g],
  ['uuid', /(?<![A-Za-z0-9_-])([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?![A-Za-z0-9_-])/g],
  [
    'id by its prefix',
    /(?<![A-Za-z0-9_-])([a-z]{2,}(?:_[a-z]{2,})?[-_](?=[A-Za-z]*\d)[A-Za-z0-9]{12,})(?![A-Za-z0-9_-])/g,
  ],
]

/** Names of models and of those who made them are no ids, whatever member they stand under. */
function* candidatesIn(text: string): Generator<{ value: string; kind: string }> {
  for (const [kind, pattern] of KINDS)
    for (const [, value] of text.matchAll(pattern))
      if (value !== undefined && !/^(?:gpt|o\d|text|mistral|llama|meta|qwen)-/i.test(value))
        yield { value, kind }
}

/** Of the same length and in the same letters: behind the prefix each is turned by a hash of the whole. */
function renamed(value: string): string {
  const hash = createHash('sha256').update(value).digest()
  const prefix = /^[a-z]+(?:_[a-z]+)?[-_](?=.{5,}$)/.exec(value)?.[0] ?? ''
  return (
    prefix +
    Array.from(value.slice(prefix.length))
      .map((char, i) => turned(char, (hash[i % 32] as number) + 1 + (i >> 5)))
      .join('')
  )
}

function turned(char: string, by: number): string {
  const letters = ALPHABETS.find((each) => each.includes(char))
  return letters === undefined ? char : (letters[(letters.indexOf(char) + by) % letters.length] as string)
}

const ALPHABETS = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
