/** The warnings that this process has shown. */
const shown = new Set<string>()

export function emitUserWarning(message: string): void {
  process.emitWarning(message, 'OpenaiVcrWarning')
}

/** Returns true the first time this process sees a warning. */
export function isNewWarning(message: string): boolean {
  const isNew = !shown.has(message)
  shown.add(message)
  return isNew
}
