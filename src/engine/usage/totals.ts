import {
  type EstimateInput,
  type CountedText,
  sumOfParts,
  sumTokens,
  type Tokens,
  type Usage,
  type UsageTotals,
  type Use,
} from '../../api/usage.ts'
import type { Tokenizer } from '../ports.ts'
import type { BilledCall } from './billed-calls.ts'

/**
 * Tokens and cost of one call.
 * @param tokenizer estimates usage that no answer reports. Without one it is unknown
 */
export function usageOfCall(
  call: BilledCall,
  priceOf: (use: Use) => number | undefined,
  tokenizer?: Tokenizer,
): Usage {
  const { uses, model, estimateInput, times } = call
  if (uses === undefined) {
    const totals =
      estimateInput === undefined || tokenizer === undefined
        ? { requests: times, unknown: times, unpriced: 0, tokens: {} }
        : estimatedTotals(call, estimateInput, priceOf, tokenizer)
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

function estimatedTotals(
  { model, times }: BilledCall,
  estimateInput: EstimateInput,
  priceOf: (use: Use) => number | undefined,
  tokenizer: Tokenizer,
): UsageTotals {
  const tokens = estimateOf(estimateInput, tokenizer)
  const usd =
    estimateInput.offList === undefined
      ? priceOf({ ...(model !== undefined && { model }), tokens })
      : undefined
  const estimated = {
    requests: times,
    unpriced: usd === undefined ? times : 0,
    tokens: multiplied(tokens, times),
    ...(usd !== undefined && { usd: product([usd], times) }),
  }
  return { requests: times, unknown: 0, unpriced: 0, tokens: {}, estimated }
}

/** The estimate in tokens. */
export function estimateOf(estimateInput: EstimateInput, tokenizer: Tokenizer): Tokens {
  const { input, output } = counted(estimateInput, tokenizer)
  return { input: input.overhead, ...(output !== undefined && { output: output.overhead }) }
}

/** The same estimate with its texts counted. */
export function counted(estimateInput: EstimateInput, tokenizer: Tokenizer): EstimateInput {
  const count = ({ texts, overhead }: CountedText): CountedText => ({
    texts: [],
    overhead: texts.reduce((sum, text) => sum + tokenizer.count(text, estimateInput.encoding), overhead),
  })
  return {
    ...estimateInput,
    input: count(estimateInput.input),
    ...(estimateInput.output && { output: count(estimateInput.output) }),
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
