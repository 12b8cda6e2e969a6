import { nearestWord } from '../../messages/nearest-word.ts'
import type { Store } from '../ports.ts'

/** How messages name what was looked in. */
export interface Whereabouts {
  readonly where: string
  /** Set when it is not there: says so, and what may have been meant. To find out takes a while, so only a miss asks. */
  readonly absence?: () => Promise<string>
}

/** What of a store is asked. */
type Shelf = Pick<Store, 'location' | 'fileOf' | 'list'>

/** Names listed in a message. */
const LISTED = 5

export function cassetteWhereabouts(store: Shelf, name: string, exists: boolean): Whereabouts {
  const where = `cassette '${name}' (${store.fileOf(name)})`
  if (exists) return { where }
  let told: Promise<string> | undefined
  return { where, absence: () => (told ??= absenceOf(store, name)) }
}

async function absenceOf(store: Shelf, name: string): Promise<string> {
  const names = await store.list()
  const meant = meantBy(name, names)
  const advice = meant === undefined ? whatIsThere(store, names) : `Did you mean '${meant}'?`
  return `${store.fileOf(name)} does not exist. ${advice}`
}

export function directoryWhereabouts(store: Shelf, names: readonly string[]): Whereabouts {
  if (names.length === 0)
    return { where: store.location, absence: () => Promise.resolve(whatIsThere(store, names)) }
  return {
    where:
      names.length === 1
        ? `the cassette in ${store.location}`
        : `the ${names.length} cassettes in ${store.location}`,
  }
}

/** A name spelled almost so, given with its suffix, or without its folder. */
function meantBy(name: string, names: readonly string[]): string | undefined {
  return (
    names.find((each) => name === `${each}.yaml` || each.endsWith(`/${name}`) || name.endsWith(`/${each}`)) ??
    nearestWord(name, names)
  )
}

function whatIsThere({ location }: Shelf, names: readonly string[]): string {
  if (names.length === 0) return `The directory ${location} holds no cassettes.`
  const more = names.length > LISTED ? `, and ${names.length - LISTED} more` : ''
  return `The directory ${location} holds ${names.slice(0, LISTED).join(', ')}${more}.`
}
