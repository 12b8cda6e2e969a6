import { Placeholders } from './placeholders.ts'
import { escapeRegExp } from './spelling.ts'

/** What is known of an API's secrets, and of how its answers split texts. */
export interface SecretFacts {
  /** How keys and the ids of accounts begin: `sk-`. Their placeholders begin with the same. */
  readonly prefixes: readonly string[]
  /** Headers whose whole value names an account, with the prefix of its placeholder. */
  readonly accountHeaders: ReadonlyMap<string, string>
  readonly splitting: TextSplitting
}

/** How an API's answers split one text over several strings, which may split a secret too. */
export interface TextSplitting {
  /** Members that distinguish an object from its siblings. Each of these objects spells its own texts. */
  readonly identifying: ReadonlySet<string>
  /** Channels in which a text goes on within one document: lists of tokens. */
  readonly tokens: RegExp
  /** Channels whose strings are parts of one text even after a string that looks like a whole id. */
  readonly deltas: RegExp
}

/** What follows a key's prefix. So many characters are enough to recognize it; a longer run belongs to it as a whole. */
const KEY = '[A-Za-z0-9_-]{16,128}'

/** The same as patterns, compiled once for each API. */
export class SecretShapes {
  readonly accountHeaders: ReadonlyMap<string, string>
  readonly splitting: TextSplitting
  readonly placeholders: Placeholders
  /** A group `placeholder`, or a text shaped like a key. */
  readonly placeholderOrKey: RegExp
  readonly endsWithKey: RegExp
  readonly beginsLikeKey: RegExp
  /** Characters of the shortest prefix. */
  readonly shortestPrefix: number

  constructor({ prefixes, accountHeaders, splitting }: SecretFacts) {
    const patterns = prefixes.map(escapeRegExp)
    const prefix = `(?:${patterns.join('|')})`
    this.accountHeaders = accountHeaders
    this.splitting = splitting
    this.placeholders = new Placeholders(patterns)
    this.placeholderOrKey = new RegExp(`(?<placeholder>${this.placeholders.start})|${prefix}${KEY}`, 'g')
    this.endsWithKey = new RegExp(`${prefix}[A-Za-z0-9_-]{8,}$`)
    this.beginsLikeKey = new RegExp(`^${prefix}`)
    this.shortestPrefix = Math.min(...prefixes.map(({ length }) => length))
  }
}
