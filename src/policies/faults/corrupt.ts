/**
 * Cuts the data of an event in half, so that it is no longer valid JSON. The event still ends where it
 * ended, so the next one can be read. Anything without a data field is cut in half as a whole.
 */
export function corrupted(raw: string): string {
  const lines = raw.split(/(?<=\r\n|\n|\r(?!\n))/)
  const at = lines.findLastIndex((line) => /^\uFEFF?data:/.test(line))
  if (at < 0) return halved(raw)
  return lines.with(at, halvedLine(lines[at] as string)).join('')
}

export function halvedLine(line: string): string {
  const [, field = '', value = '', end = ''] = /^(\uFEFF?data: ?)(.*?)([\r\n]*)$/s.exec(line) ?? []
  return field + halved(value) + end
}

/** Cuts between characters, so that the rest is still valid UTF-8. */
export function halved(text: string): string {
  const characters = [...text]
  return characters.slice(0, Math.floor(characters.length / 2)).join('')
}
