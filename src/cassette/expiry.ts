import { described, named } from '../json/input/json-schema.ts'
import { isPlainObject, object } from '../json/input/object.ts'
import { either, oneOf, optional, parsed, type Shape, string } from '../json/input/shape.ts'

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

const AGE_PATTERN = /^(\d{1,4})(d|w|mo|y)$/

/** An age: `30d`, `6w`, `6mo`, `1y`. Recordings have a day and no time, so there are no hours. */
export const AGE: Shape<Age> = parsed(
  string("an age in days, weeks, months or years, such as '30d', '6w', '6mo' or '1y'", AGE_PATTERN),
  ageOf,
)

function ageOf(age: string): Age {
  const [, count, unit] = AGE_PATTERN.exec(age) as unknown as [string, string, Unit]
  return { count: Number(count), unit }
}

/** An age in words: `30 days`. */
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
