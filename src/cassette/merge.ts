export interface Entry<T> {
  readonly fingerprint: string
  readonly value: T
}

/**
 * The file's entries, then those of a run that the file lacks. Equal requests are
 * counted: where the file holds two and the run made three, the third is added.
 * So whatever another process wrote meanwhile stays.
 */
export function merge<T>(
  onDisk: readonly Entry<T>[],
  ofRun: readonly (Entry<T> & { readonly occurrence: number })[],
): readonly Entry<T>[] {
  const counts = new Map<string, number>()
  for (const { fingerprint } of onDisk) counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + 1)
  return [...onDisk, ...ofRun.filter((entry) => entry.occurrence >= (counts.get(entry.fingerprint) ?? 0))]
}
