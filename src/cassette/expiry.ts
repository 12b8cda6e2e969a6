import { UsageError } from '../messages/errors.ts'

/** What happens when a recording that is replayed is older than it may grow. */
export const EXPIRY_ACTIONS = ['warn', 'fail', 'rerecord'] as const
export type ExpiryAction = (typeof EXPIRY_ACTIONS)[number]

/**
 * How old a recording may grow, and what happens when it is older. An age alone warns.
 * @example '30d'
 * @example { after: '6mo', action: 'fail' }
 */
export type Expires = string | { readonly after: string; readonly action?: ExpiryAction }

/** The same, read. */
export interface Expiry {
  /** Undefined where it never expires. */
  readonly after: Age | undefined
  readonly action: ExpiryAction
}

/** So many days, weeks, months or years. */
export interface Age {
  readonly count: number
  readonly unit: Unit
}

const UNITS = { d: 'day', w: 'week', mo: 'month', y: 'year' } as const
type Unit = keyof typeof UNITS

/** Says that something never expires, where more is said of others. */
const NEVER = 'never'

/**
 * Reads an age: `30d`, `6w`, `6mo`, `1y`. Recordings know their day, so it has no hours.
 * @param where what messages call the place that it was said at: `--only-older-than`
 * @throws UsageError that names the place and the units
 */
export function parseAge(text: string, where: string): Age {
  const [, count, unit] = /^(\d{1,4})(d|w|mo|y)$/.exec(text) ?? []
  if (count !== undefined && unit !== undefined) return { count: Number(count), unit: unit as Unit }
  throw new UsageError(
    `${where}: '${text}' is no age; an age is a whole number of days, weeks, months or years: 30d, 6w, 6mo, 1y`,
  )
}

/** An age in words: `30 days`. */
export function ageInWords({ count, unit }: Age): string {
  return `${count} ${UNITS[unit]}${count === 1 ? '' : 's'}`
}

/**
 * @param where what messages call the place that it was said at
 * @throws UsageError that names the place and what it takes
 */
export function readExpires(value: unknown, where: string): Expiry {
  const told = typeof value === 'string' ? { after: value } : value
  if (typeof told !== 'object' || told === null || Array.isArray(told))
    throw new UsageError(`${where}: expected an age, such as '30d', or { after: '30d', action: 'fail' }`)
  const { after, action = 'warn', ...others } = told as Record<string, unknown>
  const [unknown] = Object.keys(others)
  if (unknown !== undefined)
    throw new UsageError(`${where}: unknown field '${unknown}'; known are after, action`)
  if (typeof after !== 'string') throw new UsageError(`${where}: 'after' must be an age, such as '30d'`)
  const known = EXPIRY_ACTIONS.find((each) => each === action)
  if (known === undefined)
    throw new UsageError(
      `${where}: 'action' must be one of ${EXPIRY_ACTIONS.join(', ')}, not '${String(action)}'`,
    )
  return { after: after === NEVER ? undefined : parseAge(after, where), action: known }
}

/**
 * Whether a day is further back than an age. At exactly its age a recording is not too old yet; one of tomorrow,
 * from a machine whose day has begun, never is.
 * @param recordedAt `YYYY-MM-DD`, as is `today`
 */
export function isOlderThan(recordedAt: string, age: Age, today: string): boolean {
  return later(recordedAt, age) < Date.parse(today)
}

/** Days between two days. */
export function daysBetween(from: string, to: string): number {
  return Math.round((later(to, NOTHING) - later(from, NOTHING)) / DAY)
}

/** The day of the oldest recording in a cassette: by it the whole is judged, as it is re-recorded whole. */
export function oldestDay({
  recordedAt,
  interactions,
}: {
  readonly recordedAt: string
  readonly interactions: readonly { readonly recordedAt?: string }[]
}): string {
  const days = interactions.map((interaction) => interaction.recordedAt ?? recordedAt)
  return days.reduce((oldest, day) => (day < oldest ? day : oldest), days[0] ?? recordedAt)
}

/** Milliseconds in a day; in UTC all are alike. */
const DAY = 86_400_000

const NOTHING: Age = { count: 0, unit: 'd' }

/** By the calendar: a month after the 31st of January is the last of February. */
function later(from: string, { count, unit }: Age): number {
  const [year, month, day] = from.split('-').map(Number) as [number, number, number]
  if (unit === 'd' || unit === 'w') return Date.UTC(year, month - 1, day + count * (unit === 'w' ? 7 : 1))
  const months = month - 1 + count * (unit === 'y' ? 12 : 1)
  const lastOfMonth = new Date(Date.UTC(year, months + 1, 0)).getUTCDate()
  return Date.UTC(year, months, Math.min(day, lastOfMonth))
}
