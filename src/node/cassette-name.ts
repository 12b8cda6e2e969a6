import { UsageError } from '../messages/errors.ts'

/**
 * Refuses names that would leave the cassette directory, or that are invalid on some file system.
 * @throws UsageError with the rules for names
 */
export function checkName(name: string): void {
  if (typeof name !== 'string') throw new UsageError(`a cassette's name must be a text, not ${String(name)}`)
  if (!isName(name)) {
    throw new UsageError(
      `'${name.slice(0, 80)}' cannot name a cassette: a name is 1 to 200 characters, with '/' between folders, and no segment is empty, begins with a dot, ends with a dot or space, holds any of \\ : * ? " < > |, or is a device's name on Windows (con, nul, com1)`,
    )
  }
}

/** Whether a cassette can have this name. */
export function isName(name: string): boolean {
  return (
    name.length <= 200 &&
    name
      .split('/')
      .every(
        (segment) =>
          segment !== '' &&
          !/^\.|[\\:*?"<>|]|[. ]$/.test(segment) &&
          !hasControl(segment) &&
          !isDevice(segment),
      )
  )
}

function hasControl(text: string): boolean {
  return [...text].some((char) => char < ' ' || char === '\u007F')
}

/** Names that Windows reserves for devices, with any extension. */
function isDevice(segment: string): boolean {
  return /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(segment)
}
