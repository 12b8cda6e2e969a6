/** Formats a whole number: `12,345`. */
export function grouped(number: number): string {
  return String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}

/** Formats US dollars with two decimals. Amounts below ten cents are shown with two significant digits. */
export function dollars(usd: number): string {
  if (usd >= 0.01 && usd < 0.1) return `$${usd.toFixed(3).replace(/0$/, '')}`
  if (usd === 0 || usd >= 0.01) {
    const [whole, cents] = usd.toFixed(2).split('.') as [string, string]
    return `$${grouped(Number(whole))}.${cents}`
  }
  return `$${usd.toFixed(Math.min(10, 1 - Math.floor(Math.log10(usd))))}`
}

/** `1 file`, `2 files`. */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

/** `250 ms`, `1.5 s`. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`
}
