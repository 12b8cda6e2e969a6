import type { UsageSighting, Tokens, Usage, Use } from '../../api/usage.ts'
import type { RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import { baseOf, type SessionContext } from '../../engine/exchange/context.ts'
import type { Exchange, Part, Policy, Verdict } from '../../engine/exchange/exchange.ts'
import type { Entry } from '../../engine/library/catalog.ts'
import type { Scope } from '../../engine/scope.ts'
import { usageOfCall } from '../../engine/usage/totals.ts'
import { sightingsOf } from '../../engine/usage/usage-book.ts'
import { splitTarget } from '../../http/message.ts'
import { apiError } from '../api-error.ts'
import { type Amount, type Budget, overInWords, plus } from './amount.ts'
import type { RunSpending } from './run-spending.ts'
import { UsageMeter } from './usage-meter.ts'

/**
 * Refuses requests once the budget is used up. Replayed usage counts for its own session only, so that
 * parallel tests do not affect each other. Money that is really spent counts for the whole run.
 */
export class BudgetPolicy implements Policy {
  readonly #context: SessionContext
  readonly #budget: Budget | undefined
  readonly #spending: RunSpending
  readonly #replayed = new UsageMeter()
  #refused = 0

  /** @param budget undefined for no limit */
  constructor(context: SessionContext, budget: Budget | undefined, spending: RunSpending) {
    this.#context = context
    this.#budget = budget
    this.#spending = spending
  }

  get isIdle(): boolean {
    return this.#budget === undefined
  }

  meet(x: Exchange): Part | undefined {
    const budget = this.#budget
    if (budget === undefined) return undefined
    return {
      before: () => this.#settling(),
      decide: (_, forwards) => {
        const refusal = this.#refusalOf(x, budget)
        if (refusal === undefined && forwards) this.#spending.reserve(x, this.#estimateOf(x))
        return refusal
      },
      used: (entry) => this.#countReplayed(entry, x.scope),
      answered: (response, url) => this.#countSpent(x, response, url),
      finished: () => this.#spending.release(x),
    }
  }

  /** A client may send its next request in the tick in which an answer ended, before that answer's usage is counted. */
  #settling(): Promise<undefined> | undefined {
    if (!this.#spending.isInFlight) return undefined
    return this.#context.dependencies.clock.sleep(0).then(() => undefined)
  }

  /** Requests that use no model are never refused. */
  #refusalOf({ recorded }: Exchange, budget: Budget): Verdict | undefined {
    const { dialect, warn } = this.#context.dependencies
    if (!dialect.requests.callsModel(recorded)) return undefined
    const used = plus(this.#replayed.used, this.#spending.meter.used)
    const reason = overInWords(budget, used, this.#spending.reserved)
    if (reason === undefined) return undefined
    if (this.#context.library.plan.asks !== 'never' && this.#spending.isNew(USED_UP))
      warn(`${reason}. ${USED_UP}`)
    const { path } = splitTarget(recorded.path)
    const request = { path, model: dialect.requests.modelOf(recorded), nth: ++this.#refused }
    const answer = apiError(this.#context, 'insufficient_quota', request, recorded.method)
    return { kind: 'refuse', answer, reason }
  }

  /** Reserves what a request may use until it is answered, so that concurrent requests cannot exceed the budget together. */
  #estimateOf(x: Exchange): Amount {
    return this.#estimate(x.recorded, baseOf(this.#context, x.request) + x.recorded.path).amount
  }

  #countReplayed({ interaction, upstream }: Entry, scope: Scope | undefined): void {
    const { request } = interaction
    const url = (interaction.upstream ?? upstream) + request.path
    for (const sighting of sightingsOf(interaction, this.#context.dependencies.dialect))
      this.#replayed.add({ sighting, amount: this.#amountOf(sighting, request, url) }, scope)
  }

  #countSpent(x: Exchange, response: RecordedResponse, url: string): void {
    for (const sighting of this.#context.dependencies.dialect.usage.sightings(x.recorded, response))
      this.#spending.meter.add({ sighting, amount: this.#amountOf(sighting, x.recorded, url) })
    this.#spending.release(x)
  }

  #amountOf({ uses, model, estimateInput }: UsageSighting, request: RecordedRequest, url: string): Amount {
    const call = { uses, model, estimateInput, times: 1, from: url, side: 'spent' as const }
    const { tokenizer } = this.#context.dependencies
    const usage = usageOfCall(call, (use) => this.#priceOf(use, url), tokenizer)
    const { estimated } = usage
    // Reasoning is billed as output, but no answer contains it.
    const isKnown = usage.unknown === 0 && (estimated === undefined || estimated.tokens.output !== undefined)
    if (isKnown) {
      this.#warnUnpriced(usage)
      const tokens = sumOf(usage.tokens) + sumOf(estimated?.tokens)
      return { tokens, usd: (usage.usd ?? 0) + (estimated?.usd ?? 0) }
    }
    const { amount, isPriced } = this.#estimate(request, url)
    if (!isPriced) this.#warnUnknownPrice(model)
    return amount
  }

  #estimate(request: RecordedRequest, url: string): { readonly amount: Amount; readonly isPriced: boolean } {
    const { dialect } = this.#context.dependencies
    const tokens = dialect.usage.estimate(request)
    const model = dialect.requests.modelOf(request)
    const usd = this.#priceOf({ ...(model !== undefined && { model }), tokens }, url)
    return { amount: { tokens: sumOf(tokens), usd: usd ?? 0 }, isPriced: usd !== undefined }
  }

  /** US dollars. Prices are loaded only for a budget in dollars. */
  #priceOf(use: Use, url: string): number | undefined {
    const { prices, clock } = this.#context.dependencies
    return this.#budget?.usd === undefined ? undefined : prices.usd(use, url, clock.today())
  }

  #warnUnpriced({ models }: Usage): void {
    for (const { model, unpriced, estimated } of models)
      if (unpriced > 0 || (estimated?.unpriced ?? 0) > 0) this.#warnUnknownPrice(model)
  }

  #warnUnknownPrice(model: string | undefined): void {
    const { dependencies, library } = this.#context
    const usd = this.#budget?.usd
    if (usd === undefined) return
    const why =
      model === undefined
        ? 'a request names no model'
        : `the price of the model ${library.redactor.text(model)} is unknown`
    const text = `${why}, so its cost does not count towards the budget of ${usd} USD. A budget in tokens counts it`
    if (this.#spending.isNew(text)) dependencies.warn(text)
  }

  /** Replayed usage is taken back. Money that was spent stays counted. */
  undo(scope: Scope): void {
    this.#replayed.undo(scope)
  }

  end(): void {
    // Nothing waits for the budget.
  }
}

/** Shown once where money is at stake, because the client may swallow the error. */
const USED_UP = "Further model requests are not sent: they get OpenAI's error insufficient_quota"

function sumOf({ input = 0, output = 0 }: Tokens = {}): number {
  return input + output
}
