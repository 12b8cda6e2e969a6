/** Some characters of a text, with `…` where others were left out. */
export function excerpt(text: string, from: number, width: number): string {
  const start = whole(text, from)
  const end = whole(text, start + width)
  return `${start > 0 && start < text.length ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`
}

/** A place that does not split a character. */
function whole(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at
}
