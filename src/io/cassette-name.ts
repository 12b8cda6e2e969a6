import { UsageError } from '../core/errors.ts'

/**
 * Refuses names that would leave the cassette directory or that some file system cannot hold.
 * @throws UsageError that says what a name may be
 */
export function checkName(name: string): void {
  const segments = name.split('/')
  const bad = segments.some((segment) => segment === '' || /^\.|[\\:*?"<>|]|[. ]$/.test(segment) || hasControl(segment))
  if (bad || name.length > 200) {
    throw new UsageError(
      `'${name.slice(0, 80)}' cannot name a cassette: a name is 1 to 200 characters, with '/' between folders, and no segment is empty, begins with a dot, ends with a dot or space, or holds any of \\ : * ? " < > |`,
    )
  }
}

function hasControl(text: string): boolean {
  return [...text].some((char) => char < ' ' || char === '\u007F')
}
