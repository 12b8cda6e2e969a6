/** Cuts a part out of a text. A `…` marks omitted text on either side. */
export function excerpt(text: string, from: number, width: number): string {
  const start = characterStart(text, from)
  const end = characterStart(text, start + width)
  return `${start > 0 && start < text.length ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`
}

/** The nearest index that does not split a surrogate pair. */
function characterStart(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at
}
