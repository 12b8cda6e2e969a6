import { Placeholders } from './placeholders.ts'
import { escapeRegExp } from './spelling.ts'

/** What an API's secrets look like, and how its responses split texts. */
export interface SecretFacts {
  /** The prefixes of keys and account ids, such as `sk-`. Placeholders keep them. */
  readonly prefixes: readonly string[]
  /** Headers that contain an account id, with the prefix of its placeholder. */
  readonly accountHeaders: ReadonlyMap<string, string>
  readonly splitting: TextSplitting
}

/** How an API's responses split a text over several strings. A secret may be split in the same way. */
export interface TextSplitting {
  /** Members that distinguish an object from its siblings. Each such object has its own texts. */
  readonly identifying: ReadonlySet<string>
  /** Matches channels that split a text within one document: lists of tokens. */
  readonly tokens: RegExp
  /** Matches channels whose strings form one text, even after a string that looks like a complete id. */
  readonly deltas: RegExp
}

/** The part of a key after its prefix. A longer key is matched in part; `SecretFinder` extends the match. */
const KEY = '[A-Za-z0-9_-]{16,128}'

/** `SecretFacts` compiled to patterns, once for each API. */
export class SecretShapes {
  readonly accountHeaders: ReadonlyMap<string, string>
  readonly splitting: TextSplitting
  readonly placeholders: Placeholders
  /** Matches a placeholder, in a group of that name, or a text that looks like a key. */
  readonly placeholderOrKey: RegExp
  readonly endsWithKey: RegExp
  readonly beginsLikeKey: RegExp
  /** In characters. */
  readonly shortestPrefix: number

  constructor({ prefixes, accountHeaders, splitting }: SecretFacts) {
    const patterns = prefixes.map(escapeRegExp)
    const prefix = `(?:${patterns.join('|')})`
    this.accountHeaders = accountHeaders
    this.splitting = splitting
    this.placeholders = new Placeholders(patterns)
    this.placeholderOrKey = new RegExp(
      `(?<placeholder>${this.placeholders.startPattern})|${prefix}${KEY}`,
      'g',
    )
    this.endsWithKey = new RegExp(`${prefix}[A-Za-z0-9_-]{8,}$`)
    this.beginsLikeKey = new RegExp(`^${prefix}`)
    this.shortestPrefix = Math.min(...prefixes.map(({ length }) => length))
  }
}
