import { isHashed } from '../identity.ts'
import { type Json, jsonText } from '../../json/json.ts'
import { excerpt } from '../../messages/excerpt.ts'

/** In characters. A value without a counterpart gets more space. */
const WIDTH = 90
const UNPAIRED_WIDTH = 160

/** Formats two values. Long ones are truncated around their first difference. */
export function showPair(
  recorded: Json | undefined,
  received: Json | undefined,
): { recorded: string; received: string } {
  const [a, b] = [show(recorded), show(received)]
  if (recorded === undefined || received === undefined)
    return { recorded: excerpt(a, 0, UNPAIRED_WIDTH), received: excerpt(b, 0, UNPAIRED_WIDTH) }
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  // Both excerpts begin at the same index. Near the end of the texts, they begin earlier to fill the width.
  const from = Math.max(0, Math.min(same - WIDTH / 3, Math.max(a.length, b.length) - WIDTH))
  return { recorded: excerpt(a, from, WIDTH), received: excerpt(b, from, WIDTH) }
}

function show(value: Json | undefined): string {
  if (value === undefined) return 'absent'
  return isHashed(value) ? `${value.size} bytes, SHA-256 ${value.sha256.slice(0, 16)}…` : jsonText(value)
}
