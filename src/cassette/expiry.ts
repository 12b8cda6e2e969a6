import { described, named } from '../json/input/json-schema.ts'
import { isPlainObject, object } from '../json/input/object.ts'
import { either, oneOf, optional, parsed, type Shape, string } from '../json/input/shape.ts'

/** What to do when an expired recording is replayed. */
export const EXPIRY_ACTIONS = ['warn', 'fail', 'rerecord'] as const
export type ExpiryAction = (typeof EXPIRY_ACTIONS)[number]

/**
 * When a recording expires, and what happens when an expired one is replayed. The default action is `warn`.
 * @example '30d'
 * @example { after: '6mo', action: 'fail' }
 */
export type Expires = string | { readonly after: string; readonly action?: ExpiryAction }

/** The parsed form of `Expires`. */
export interface Expiry {
  /** Undefined if recordings never expire. */
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

const AGE_PATTERN = /^(\d{1,4})(d|w|mo|y)$/

/** An age: `30d`, `6w`, `6mo`, `1y`. There are no hours, because recordings have a date without a time. */
export const AGE: Shape<Age> = parsed(
  string("an age in days, weeks, months or years, such as '30d', '6w', '6mo' or '1y'", AGE_PATTERN),
  ageOf,
)

function ageOf(age: string): Age {
  const [, count, unit] = AGE_PATTERN.exec(age) as unknown as [string, string, Unit]
  return { count: Number(count), unit }
}

/** Formats an age: `30 days`. */
export function ageInWords({ count, unit }: Age): string {
  return `${count} ${UNITS[unit]}${count === 1 ? '' : 's'}`
}

const AFTER = named(
  'age',
  described(
    string(
      "an age in days, weeks, months or years, such as '30d', '6w', '6mo' or '1y', or 'never'",
      /^(?:\d{1,4}(?:d|w|mo|y)|never)$/,
    ),
    'Days, weeks, months or years: 30d, 6w, 6mo, 1y',
  ),
)

const AFTER_AND_ACTION = object<{ readonly after: string; readonly action?: ExpiryAction }>(
  "an object, such as { after: '30d', action: 'fail' }",
  { after: AFTER, action: optional(oneOf(EXPIRY_ACTIONS)) },
)

export const EXPIRES: Shape<Expires> = named(
  'expires',
  described(
    either<Expires>(
      "an age, such as '30d', or { after: '30d', action: 'fail' }",
      [AFTER, AFTER_AND_ACTION],
      (value) => (typeof value === 'string' ? AFTER : isPlainObject(value) ? AFTER_AND_ACTION : undefined),
    ),
    'Maximum age of replayed recordings. An older one is reported as a warning, unless an action is given',
  ),
)

export function parseExpires(expires: Expires): Expiry {
  const { after, action = 'warn' } = typeof expires === 'string' ? { after: expires } : expires
  return { after: after === NEVER ? undefined : ageOf(after), action }
}

/**
 * Whether a recording is older than an age. The last day of the age does not count as older. `recordedAt`
 * may be after `today` if it comes from a machine in another time zone.
 * @param recordedAt `YYYY-MM-DD`, as is `today`
 */
export function isOlderThan(recordedAt: string, age: Age, today: string): boolean {
  return later(recordedAt, age) < Date.parse(today)
}

export function daysBetween(from: string, to: string): number {
  return Math.round((later(to, NO_TIME) - later(from, NO_TIME)) / DAY)
}

/** The day of the oldest interaction. It decides when the cassette expires, because all of it is re-recorded. */
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

/** In milliseconds. In UTC, all days have the same length. */
const DAY = 86_400_000

const NO_TIME: Age = { count: 0, unit: 'd' }

/** Adds calendar months and years: one month after January 31 is the last day of February. */
function later(from: string, { count, unit }: Age): number {
  const [year, month, day] = from.split('-').map(Number) as [number, number, number]
  if (unit === 'd' || unit === 'w') return Date.UTC(year, month - 1, day + count * (unit === 'w' ? 7 : 1))
  const months = month - 1 + count * (unit === 'y' ? 12 : 1)
  const lastOfMonth = new Date(Date.UTC(year, months + 1, 0)).getUTCDate()
  return Date.UTC(year, months, Math.min(day, lastOfMonth))
}
