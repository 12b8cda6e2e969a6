import { isFile } from './json-diff.ts'
import { type Json, jsonText } from '../../json/json.ts'

/** Shown characters of a value, and of one that has no counterpart to be compared with. */
const WIDTH = 90
const LONE_WIDTH = 160

/** Two values as texts, long ones cut around the place where they begin to differ. */
export function showPair(
  recorded: Json | undefined,
  received: Json | undefined,
): { recorded: string; received: string } {
  const [a, b] = [show(recorded), show(received)]
  if (recorded === undefined || received === undefined)
    return { recorded: cut(a, 0, LONE_WIDTH), received: cut(b, 0, LONE_WIDTH) }
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  // Both from the same place, and at the end of a text as much as there is room for.
  const from = Math.max(0, Math.min(same - WIDTH / 3, Math.max(a.length, b.length) - WIDTH))
  return { recorded: cut(a, from, WIDTH), received: cut(b, from, WIDTH) }
}

function show(value: Json | undefined): string {
  if (value === undefined) return 'absent'
  return isFile(value) ? `${value.size} bytes, SHA-256 ${value.sha256.slice(0, 16)}…` : jsonText(value)
}

/** Some characters of a text, with signs where others were left out. */
export function cut(text: string, from: number, width: number): string {
  const start = whole(text, from)
  const end = whole(text, start + width)
  return `${start > 0 && start < text.length ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`
}

/** A place that is not in the middle of a character. */
function whole(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at
}
