import { type Amount, type Budget, overInWords, plus } from './amount.ts'
import type { RecordedRequest, RecordedResponse } from '../../cassette/cassette.ts'
import { type HttpResponse, splitTarget } from '../../http/message.ts'
import type { UsageSighting, Tokens, Usage, Use } from '../../api/usage.ts'
import type { Question } from '../../engine/record/forward.ts'
import { Gauge } from './usage-meter.ts'
import type { Spending } from './spending-cap.ts'
import type { Entry } from '../../engine/library/catalog.ts'
import type { Rehearsal } from '../faults/fault-injector.ts'
import type { Setting } from '../../engine/setting.ts'
import type { Trail } from '../../engine/scope.ts'
import { showingsOf } from '../../engine/usage/usage-book.ts'
import { usageOfWork } from '../../engine/usage/totals.ts'

/** A request that is over the budget. */
export interface OverBudget {
  readonly response: HttpResponse
  readonly reason: string
}

type BudgetSetting = Pick<
  Setting,
  'plan' | 'budget' | 'dialect' | 'prices' | 'tokenizer' | 'clock' | 'redactor' | 'base' | 'warn'
>

/**
 * What one session may still use. What it replayed is its own, so that parallel tests do not disturb each other;
 * what is really spent counts for the whole run.
 */
export class SessionBudget {
  readonly #setting: BudgetSetting
  readonly #budget: Budget | undefined
  readonly #spending: Spending
  readonly #rehearsal: Rehearsal
  readonly #replayed = new Gauge()
  #refused = 0

  /** @param spending of the run that the session is part of */
  constructor(setting: BudgetSetting, spending: Spending, rehearsal: Rehearsal) {
    this.#setting = setting
    this.#budget = setting.budget
    this.#spending = spending
    this.#rehearsal = rehearsal
  }

  /** To be waited for before a request: who has read an answer to its end may well ask on before it is counted. */
  settling(): Promise<void> | undefined {
    return this.#spending.isUnderWay ? this.#setting.clock.sleep(0) : undefined
  }

  /**
   * The API's own answer, where nothing is left for a request. One that asks no model is not refused. Nothing may be
   * waited for between this and the asking, or many at once would find the same left.
   */
  refuse(asked: RecordedRequest): OverBudget | undefined {
    const { plan, dialect, warn } = this.#setting
    if (this.#budget === undefined || !dialect.requests.callsModel(asked)) return undefined
    const used = plus(this.#replayed.used, this.#spending.gauge.used)
    const reason = overInWords(this.#budget, used, this.#spending.underWay)
    if (reason === undefined) return undefined
    if (plan.asks !== 'never' && this.#spending.isNews(USED_UP)) warn(`${reason}. ${USED_UP}`)
    const { path } = splitTarget(asked.path)
    const about = { path, model: dialect.requests.modelOf(asked), nth: ++this.#refused }
    return { response: this.#rehearsal.error('insufficient_quota', about, asked.method), reason }
  }

  /** Notes that a recorded interaction was the answer. */
  play(entry: Entry, trail: Trail | undefined): void {
    if (this.#budget === undefined) return
    const { interaction, upstream } = entry
    const { request } = interaction
    const from = (interaction.upstream ?? upstream) + request.path
    for (const showing of showingsOf(interaction, this.#setting))
      this.#replayed.add({ showing, amount: this.#amountOf(showing, request, from), trail })
  }

  /** Asks the upstream. Until it has answered, what the request may use is set aside, so that many at once do not pass the budget. */
  async asking<T>(question: Question, ask: (question: Question) => Promise<T>): Promise<T> {
    if (this.#budget === undefined) return ask(question)
    const { asked, request } = question
    const { base } = this.#setting
    const from = (base.explicit ? base.url : (request.origin ?? base.url)) + asked.path
    this.#spending.begin(asked, this.#mayUse(asked, from).amount)
    const works: Promise<void>[] = []
    const track = (work: Promise<void>): void => {
      works.push(work)
      question.track(work)
    }
    const usage: Question['usage'] = {
      answer: (heard, response, at) => {
        question.usage.answer(heard, response, at)
        this.#answered(heard, response, at + heard.path)
      },
    }
    try {
      return await ask({ ...question, usage, track })
    } finally {
      void Promise.allSettled(works).then(() => this.#spending.end(asked))
    }
  }

  /** Takes back what a trail replayed. What it spent is gone. */
  undo(trail: Trail): void {
    this.#replayed.undo(trail)
  }

  #answered(asked: RecordedRequest, response: RecordedResponse, from: string): void {
    for (const showing of this.#setting.dialect.usage.sightings(asked, response))
      this.#spending.gauge.add({ showing, amount: this.#amountOf(showing, asked, from), trail: undefined })
    this.#spending.end(asked)
  }

  #amountOf({ uses, model, estimateInput }: UsageSighting, asked: RecordedRequest, from: string): Amount {
    const work = { uses, model, said: estimateInput, times: 1, from, side: 'spent' as const }
    const usage = usageOfWork(work, (use) => this.#priceOf(use, from), this.#setting.tokenizer)
    const { estimated } = usage
    // What a model thought that reasons stands in no answer.
    const isTold = usage.unknown === 0 && (estimated === undefined || estimated.tokens.output !== undefined)
    if (isTold) {
      this.#sayUnpriced(usage)
      const tokens = sumOf(usage.tokens) + sumOf(estimated?.tokens)
      return { tokens, usd: (usage.usd ?? 0) + (estimated?.usd ?? 0) }
    }
    const { amount, isPriced } = this.#mayUse(asked, from)
    if (!isPriced) this.#sayUnknown(model)
    return amount
  }

  #mayUse(asked: RecordedRequest, from: string): { readonly amount: Amount; readonly isPriced: boolean } {
    const { dialect } = this.#setting
    const tokens = dialect.usage.estimate(asked)
    const model = dialect.requests.modelOf(asked)
    const usd = this.#priceOf({ ...(model !== undefined && { model }), tokens }, from)
    return { amount: { tokens: sumOf(tokens), usd: usd ?? 0 }, isPriced: usd !== undefined }
  }

  /** Prices are loaded for a budget in dollars only. */
  #priceOf(use: Use, from: string): number | undefined {
    const { prices, clock } = this.#setting
    return this.#budget?.usd === undefined ? undefined : prices.usd(use, from, clock.today())
  }

  #sayUnpriced({ models }: Usage): void {
    for (const { model, unpriced, estimated } of models)
      if (unpriced > 0 || (estimated?.unpriced ?? 0) > 0) this.#sayUnknown(model)
  }

  #sayUnknown(model: string | undefined): void {
    const { redactor, warn } = this.#setting
    const usd = this.#budget?.usd
    if (usd === undefined) return
    const name = model === undefined ? 'a model that nobody names' : `the model ${redactor.text(model)}`
    const text = `the price of ${name} is not known: what it is used for is not in the budget of ${usd} USD. A budget in tokens counts it`
    if (this.#spending.isNews(text)) warn(text)
  }
}

/** Said once where money is at stake: whoever asked may swallow the error. */
const USED_UP = "Further requests that ask a model are not sent: they get OpenAI's error insufficient_quota"

function sumOf({ input = 0, output = 0 }: Tokens = {}): number {
  return input + output
}
