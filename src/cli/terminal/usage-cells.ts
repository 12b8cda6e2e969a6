import type { Tokens, UsageTotals } from '../../api/usage.ts'
import { dollars, grouped } from '../../messages/figures.ts'
import { isPriced, usdOf } from '../../rerecord/costs.ts'

/** The sum of tokens of these kinds, with `~` if some are estimated and `+` if some are unknown; else `none`. */
export function tokensText(totals: UsageTotals, kinds: readonly (keyof Tokens)[], none = ''): string {
  const reported = sumOf(totals.tokens, kinds)
  const estimated = sumOf(totals.estimated?.tokens, kinds)
  if (reported === undefined && estimated === undefined) return none
  const sum = (reported ?? 0) + (estimated ?? 0)
  return marked(grouped(sum), { isEstimated: estimated !== undefined, isPartial: totals.unknown > 0 })
}

/** US dollars, with `~` if some are estimated and `+` if some are unknown; else `none`. */
export function costText(totals: UsageTotals, none = ''): string {
  const isEstimated = totals.estimated?.usd !== undefined
  if (totals.usd === undefined && !isEstimated) return none
  return marked(dollars(usdOf(totals)), { isEstimated, isPartial: !isPriced(totals) })
}

function sumOf(tokens: Tokens | undefined, kinds: readonly (keyof Tokens)[]): number | undefined {
  const known = kinds.flatMap((kind) => tokens?.[kind] ?? [])
  return known.length === 0 ? undefined : known.reduce((sum, each) => sum + each, 0)
}

function marked(
  amount: string,
  { isEstimated, isPartial }: { readonly isEstimated: boolean; readonly isPartial: boolean },
): string {
  return `${isEstimated ? '~' : ''}${amount}${isPartial ? '+' : ''}`
}
