import { UsageError } from '../messages/errors.ts'

/** What happens when a recording is replayed that has expired. */
export const EXPIRY_ACTIONS = ['warn', 'fail', 'rerecord'] as const
export type ExpiryAction = (typeof EXPIRY_ACTIONS)[number]

/**
 * How old a recording may grow, and what happens when it is older. An age alone warns.
 * @example '30d'
 * @example { after: '6mo', action: 'fail' }
 */
export type Expires = string | { readonly after: string; readonly action?: ExpiryAction }

/** `Expires`, checked and parsed. */
export interface Expiry {
  /** Undefined where it never expires. */
  readonly after: Age | undefined
  readonly action: ExpiryAction
}

export interface Age {
  readonly count: number
  readonly unit: Unit
}

const UNITS = { d: 'day', w: 'week', mo: 'month', y: 'year' } as const
type Unit = keyof typeof UNITS

const NEVER = 'never'

/**
 * Parses an age: `30d`, `6w`, `6mo`, `1y`. Recordings have a day and no time, so there are no hours.
 * @param where the flag or option, for messages: `--only-older-than`
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
 * @param where the flag or option, for messages
 * @throws UsageError that names the place and what it takes
 */
export function readExpires(value: unknown, where: string): Expiry {
  const expires = typeof value === 'string' ? { after: value } : value
  if (typeof expires !== 'object' || expires === null || Array.isArray(expires))
    throw new UsageError(`${where}: expected an age, such as '30d', or { after: '30d', action: 'fail' }`)
  const { after, action = 'warn', ...others } = expires as Record<string, unknown>
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
 * Whether a recording of this day is older than this age. At exactly its age it is not; nor is one of tomorrow,
 * made on a machine in an earlier time zone.
 * @param recordedAt `YYYY-MM-DD`, as is `today`
 */
export function isOlderThan(recordedAt: string, age: Age, today: string): boolean {
  return later(recordedAt, age) < Date.parse(today)
}

export function daysBetween(from: string, to: string): number {
  return Math.round((later(to, NO_TIME) - later(from, NO_TIME)) / DAY)
}

/** The day of the oldest recording in a cassette. It counts for the whole, which is re-recorded as a whole. */
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

/** Milliseconds. In UTC all days are equally long. */
const DAY = 86_400_000

const NO_TIME: Age = { count: 0, unit: 'd' }

/** By the calendar: a month after the 31st of January is the last of February. */
function later(from: string, { count, unit }: Age): number {
  const [year, month, day] = from.split('-').map(Number) as [number, number, number]
  if (unit === 'd' || unit === 'w') return Date.UTC(year, month - 1, day + count * (unit === 'w' ? 7 : 1))
  const months = month - 1 + count * (unit === 'y' ? 12 : 1)
  const lastOfMonth = new Date(Date.UTC(year, months + 1, 0)).getUTCDate()
  return Date.UTC(year, months, Math.min(day, lastOfMonth))
}
