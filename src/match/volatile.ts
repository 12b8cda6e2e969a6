/** Replaces text that differs from run to run, such as dates, with a fixed token. */
export const VOLATILE = {
  /** Dates and times: ISO 8601, `November 22, 2026`, `22 Nov 2026`, `11/22/2026`, `14:05:33`. */
  dates: (text: string) => text.replace(DATES, '<date>').replace(TIMES, '<time>'),
  uuids: (text: string) =>
    text.replace(
      /(?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f-])/gi,
      '<uuid>',
    ),
  /** The temporary directory and the first folder in it. The rest of the path is kept. */
  paths: (text: string) => text.replace(TEMPORARY, '<temp>'),
  /** Ports of this machine: `localhost:49152`, `127.0.0.1:8080`. */
  ports: (text: string) =>
    text.replace(/(?<![\w.-])(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):\d{1,5}(?!\d)/gi, '$1:<port>'),
} as const

export type VolatileRule = keyof typeof VOLATILE

export const VOLATILE_RULES = Object.keys(VOLATILE) as readonly VolatileRule[]

const MONTH =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\\.?'
const WEEKDAY = '(?:(?:Mon|Tues?|Wed(?:nes)?|Thur?s?|Fri|Sat(?:ur)?|Sun)(?:day)?,? )?'
const CLOCK = '\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d{1,9})?)?(?: ?[AaPp][Mm])?'
const ZONE = '(?: ?(?:Z|UTC|GMT)(?![A-Za-z])| ?[+-]\\d{2}:?\\d{2})?'

const DATES = new RegExp(
  `(?<!\\w)${WEEKDAY}(?:${[
    `\\d{4}-\\d{2}-\\d{2}(?:[T ]${CLOCK}${ZONE})?`,
    `${MONTH} \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}(?:,? (?:at )?${CLOCK}${ZONE})?`,
    `\\d{1,2}(?:st|nd|rd|th)? ${MONTH},? \\d{4}(?:,? ${CLOCK}${ZONE})?`,
    '\\d{1,2}[/.]\\d{1,2}[/.]\\d{4}',
    '\\d{4}/\\d{2}/\\d{2}',
  ].join('|')})(?!\\w)`,
  'g',
)
const TIMES = new RegExp(
  `(?<![\\w:.])\\d{1,2}:\\d{2}:\\d{2}(?:[.,]\\d{1,9})?(?: ?[AaPp][Mm])?${ZONE}(?![\\w:])`,
  'g',
)

const TEMPORARY = new RegExp(
  [
    String.raw`(?:/private)?/var/folders/[\w+-]+/[\w+-]+/T/[^\s/\\"'<>|]+`,
    String.raw`(?:/private|/var)?/tmp/[^\s/\\"'<>|]+`,
    String.raw`[A-Za-z]:\\(?:[^\s\\"'<>|]+\\)*?(?:Temp|tmp)\\[^\s/\\"'<>|]+`,
  ].join('|'),
  'g',
)
