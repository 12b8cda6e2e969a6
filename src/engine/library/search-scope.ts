import { nearestWord } from '../../messages/nearest-word.ts'
import type { Store } from '../ports.ts'

/** The place that a session searches, as messages name it. */
export interface SearchScope {
  readonly label: string
  /**
   * Set where the cassette does not exist: says so, and suggests similar names. It reads the directory,
   * so only a miss calls it.
   */
  readonly whyMissing?: () => Promise<string>
  /** The command that would record a request. */
  readonly recordCommand: string
}

type Listing = Pick<Store, 'location' | 'fileOf' | 'list'>
type ScopeLabel = Omit<SearchScope, 'recordCommand'>

/** How many names a message lists. */
const NAMES_SHOWN = 5

export function cassetteScope(store: Listing, name: string, exists: boolean): ScopeLabel {
  const label = `cassette '${name}' (${store.fileOf(name)})`
  if (exists) return { label }
  let reason: Promise<string> | undefined
  return { label, whyMissing: () => (reason ??= whyAbsent(store, name)) }
}

/** That a cassette's file does not exist, and which one may have been meant. */
export async function whyAbsent(store: Listing, name: string): Promise<string> {
  return `${store.fileOf(name)} does not exist. ${await nearestCassette(store, name)}`
}

/** The cassette that a name was probably meant for, as a question; else some of those that are there. */
export async function nearestCassette(store: Listing, name: string): Promise<string> {
  const names = await store.list()
  const meant = meantBy(name, names)
  return meant === undefined ? whatIsThere(store, names) : `Did you mean '${meant}'?`
}

export function directoryScope(store: Listing, names: readonly string[]): ScopeLabel {
  if (names.length === 0)
    return { label: store.location, whyMissing: () => Promise.resolve(whatIsThere(store, names)) }
  return {
    label:
      names.length === 1
        ? `the cassette in ${store.location}`
        : `the ${names.length} cassettes in ${store.location}`,
  }
}

/** Redacts secrets, because the record command contains the wrapped command, which may hold a key. */
export function redacted(scope: SearchScope, redact: (text: string) => string): SearchScope {
  const { label, whyMissing, recordCommand } = scope
  return {
    label: redact(label),
    ...(whyMissing === undefined ? {} : { whyMissing: async () => redact(await whyMissing()) }),
    recordCommand: redact(recordCommand),
  }
}

/** A cassette with a similar name, or the same name with a suffix or in another folder. */
function meantBy(name: string, names: readonly string[]): string | undefined {
  const bare = name.replace(/\.ya?ml$/i, '')
  return (
    names.find((each) => each === bare || each.endsWith(`/${bare}`) || bare.endsWith(`/${each}`)) ??
    nearestWord(bare, names)
  )
}

function whatIsThere({ location }: Listing, names: readonly string[]): string {
  if (names.length === 0) return `The directory ${location} contains no cassettes.`
  const more = names.length > NAMES_SHOWN ? `, and ${names.length - NAMES_SHOWN} more` : ''
  return `The directory ${location} contains ${names.slice(0, NAMES_SHOWN).join(', ')}${more}.`
}
