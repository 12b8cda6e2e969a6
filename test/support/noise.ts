/** Bytes that no compression and no text could stand for, the same in every run. */
export function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  for (let i = 0, n = 1; i < length; i++) {
    n = (Math.imul(n, 1664525) + 1013904223) >>> 0
    bytes[i] = n >>> 24
  }
  return bytes
}
