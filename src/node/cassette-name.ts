import { UsageError } from '../messages/errors.ts'
import { parsed, type Shape, string } from '../json/input/shape.ts'

/** A cassette name in the options or the configuration. */
export const CASSETTE_NAME: Shape<string> = parsed(
  string("a name, such as 'weather' or 'agents/weather'"),
  (name, place) => {
    const why = whyInvalid(name) ?? whyMistaken(name)
    return why === undefined ? name : place.expected(CASSETTE_NAME.expected, name, `: ${why}`)
  },
)

/**
 * Rejects names that would leave the cassette directory or that are invalid on some file system.
 * @throws UsageError with the rule that the name breaks
 */
export function checkName(name: string): void {
  const why = whyInvalid(name)
  if (why !== undefined) throw new UsageError(`'${name.slice(0, 80)}' is not a valid cassette name: ${why}`)
}

export function isName(name: string): boolean {
  return whyInvalid(name) === undefined
}

const MAX_CHARACTERS = 200

/** Explains which rule a name breaks; undefined if every file system can store a file with this name. */
function whyInvalid(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (name.length > MAX_CHARACTERS)
    return `it is too long: it has ${name.length} characters, and the maximum is ${MAX_CHARACTERS}`
  for (const segment of name.split('/')) {
    const why = whySegmentInvalid(segment)
    if (why !== undefined) return why
  }
  return undefined
}

function whySegmentInvalid(segment: string): string | undefined {
  if (segment === '') return "it begins or ends with '/', or has two in a row"
  if (segment.startsWith('.')) return `'${segment}' begins with a dot`
  if (/[. ]$/.test(segment)) return `'${segment}' ends with a ${segment.endsWith('.') ? 'dot' : 'space'}`
  const [forbidden] = /[\\:*?"<>|]/.exec(segment) ?? []
  if (forbidden !== undefined) return `it contains ${forbidden}, which some file systems cannot store`
  if ([...segment].some((char) => char < ' ' || char === '\u007F')) return 'it contains a control character'
  // Windows reserves these names with any extension.
  if (/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(segment)) return `'${segment}' is a device on Windows`
  return undefined
}

/** Explains why a valid name is probably a mistake. */
function whyMistaken(name: string): string | undefined {
  const [ending] = /\.ya?ml$/i.exec(name) ?? []
  return ending === undefined
    ? undefined
    : `leave out '${ending}', which is the file extension: '${name.slice(0, -ending.length)}'`
}
