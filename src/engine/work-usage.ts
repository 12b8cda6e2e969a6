import { sumOfParts, sumTokens, type Tokens, type Usage, type UsageTotals, type Use } from '../core/usage.ts'
import type { Work } from './works.ts'

/** What one work comes to. */
export function usageOfWork({ uses, model, times }: Work, priceOf: (use: Use) => number | undefined): Usage {
  if (uses === undefined) {
    const totals = { requests: times, unknown: times, unpriced: 0, tokens: {} }
    return { ...totals, models: [{ ...(model !== undefined && { model }), ...totals }] }
  }
  const priced = uses.map((use) => ({
    ...use,
    usd: use.usd ?? (use.offList === undefined ? priceOf(use) : undefined),
  }))
  const models = Map.groupBy(priced, (use) => use.model)
  return {
    ...totalsOf(priced, times),
    models: [...models].map(([name, of]) => ({
      ...(name !== undefined && { model: name }),
      ...totalsOf(of, times),
    })),
  }
}

type Priced = Omit<Use, 'usd'> & { readonly usd: number | undefined }

function totalsOf(uses: readonly Priced[], times: number): UsageTotals {
  const usds = uses.flatMap(({ usd }) => usd ?? [])
  const seconds = uses.flatMap(({ audioSeconds }) => audioSeconds ?? [])
  return {
    requests: times,
    unknown: 0,
    unpriced: usds.length < uses.length ? times : 0,
    tokens: multiplied(sumTokens(uses.map(({ tokens }) => tokens)), times),
    ...(seconds.length > 0 && { audioSeconds: product(seconds, times) }),
    ...(usds.length > 0 && { usd: product(usds, times) }),
  }
}

function multiplied(tokens: Tokens, times: number): Tokens {
  return Object.fromEntries(Object.entries(tokens).map(([kind, count]) => [kind, count * times]))
}

function product(numbers: readonly number[], times: number): number {
  return sumOfParts(numbers) * times
}
