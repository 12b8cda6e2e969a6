import { UsageError } from '../messages/errors.ts'
import { parsed, type Shape, string } from '../json/input/shape.ts'

/** The name of a cassette, as users give it. */
export const CASSETTE_NAME: Shape<string> = parsed(
  string("a name, such as 'weather' or 'agents/weather'"),
  (name, place) => {
    const why = whyUnusable(name) ?? whyMistaken(name)
    return why === undefined ? name : place.expected(CASSETTE_NAME.expected, name, `: ${why}`)
  },
)

/**
 * Refuses names that would leave the cassette directory, or that are invalid on some file system.
 * @throws UsageError with the rule that the name breaks
 */
export function checkName(name: string): void {
  const why = whyUnusable(name)
  if (why !== undefined) throw new UsageError(`'${name.slice(0, 80)}' cannot name a cassette: ${why}`)
}

/** Whether a cassette can have this name. */
export function isName(name: string): boolean {
  return whyUnusable(name) === undefined
}

const MOST_CHARACTERS = 200

/** Which rule a name breaks; undefined where a file of this name can exist everywhere. */
function whyUnusable(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (name.length > MOST_CHARACTERS)
    return `it is too long: it has ${name.length} characters, and the maximum is ${MOST_CHARACTERS}`
  for (const segment of name.split('/')) {
    const why = whySegmentUnusable(segment)
    if (why !== undefined) return why
  }
  return undefined
}

function whySegmentUnusable(segment: string): string | undefined {
  if (segment === '') return "it begins or ends with '/', or has two in a row"
  if (segment.startsWith('.')) return `'${segment}' begins with a dot`
  if (/[. ]$/.test(segment)) return `'${segment}' ends with a ${segment.endsWith('.') ? 'dot' : 'space'}`
  const [forbidden] = /[\\:*?"<>|]/.exec(segment) ?? []
  if (forbidden !== undefined) return `it contains ${forbidden}, which some file systems cannot store`
  if ([...segment].some((char) => char < ' ' || char === '\u007F')) return 'it contains a control character'
  // With any extension.
  if (/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(segment)) return `'${segment}' is a device on Windows`
  return undefined
}

/** Why a name is not the one that was meant, though a file could have it. */
function whyMistaken(name: string): string | undefined {
  const [ending] = /\.ya?ml$/i.exec(name) ?? []
  return ending === undefined
    ? undefined
    : `leave out '${ending}', which is the ending of its file: '${name.slice(0, -ending.length)}'`
}
