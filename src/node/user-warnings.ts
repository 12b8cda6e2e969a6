/** Warnings that this process has shown. */
const shown = new Set<string>()

/** Shows a warning of ours, as Node shows its own. */
export function emitUserWarning(message: string): void {
  process.emitWarning(message, 'OpenaiVcrWarning')
}

/** Whether this process has not shown the warning before. */
export function isNewWarning(message: string): boolean {
  const isNew = !shown.has(message)
  shown.add(message)
  return isNew
}
