import { isHashed } from '../identity.ts'
import { type Json, jsonText } from '../../json/json.ts'
import { excerpt } from '../../messages/excerpt.ts'

/** Characters shown of a value, and of one that has no counterpart. */
const WIDTH = 90
const UNPAIRED_WIDTH = 160

/** Two values as texts. Long ones are cut around the place where they begin to differ. */
export function showPair(
  recorded: Json | undefined,
  received: Json | undefined,
): { recorded: string; received: string } {
  const [a, b] = [show(recorded), show(received)]
  if (recorded === undefined || received === undefined)
    return { recorded: excerpt(a, 0, UNPAIRED_WIDTH), received: excerpt(b, 0, UNPAIRED_WIDTH) }
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  // Both from the same place, and near the end of a text with as much of it as fits.
  const from = Math.max(0, Math.min(same - WIDTH / 3, Math.max(a.length, b.length) - WIDTH))
  return { recorded: excerpt(a, from, WIDTH), received: excerpt(b, from, WIDTH) }
}

function show(value: Json | undefined): string {
  if (value === undefined) return 'absent'
  return isHashed(value) ? `${value.size} bytes, SHA-256 ${value.sha256.slice(0, 16)}…` : jsonText(value)
}
