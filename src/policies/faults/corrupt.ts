/**
 * An event with half of its data: what a client reads of it is no JSON any more, and the next event
 * is where it was. What has no data, and is no event, is halved as it stands.
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

/** By characters, so that what is left is text. */
export function halved(text: string): string {
  const characters = [...text]
  return characters.slice(0, Math.floor(characters.length / 2)).join('')
}
