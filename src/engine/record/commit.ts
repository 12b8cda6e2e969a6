import type { RecordedRequest, RecordedResponse, RequestBody, ResponseBody } from '../../cassette/cassette.ts'
import { UsageError } from '../../messages/errors.ts'
import type { Identity } from '../../match/identity.ts'
import { blobsOf } from '../library/read-cassette.ts'
import type { HeldBlobs } from '../request/spooled-blobs.ts'
import type { JournalEntry } from '../journal.ts'
import type { UpstreamResponse } from '../ports.ts'
import type { Slot } from '../library/recorder.ts'
import type { Ending } from './relay.ts'
import type { Setting } from '../setting.ts'
import type { Tap } from './tap.ts'

/** A request that the upstream answered, with what was heard of the answer. */
export interface Exchange {
  readonly asked: RecordedRequest
  readonly identity: Identity
  /** Absent when nothing is recorded. */
  readonly slot: Slot | undefined
  readonly base: string
  readonly response: Pick<UpstreamResponse, 'status' | 'headers'>
  readonly tap: Pick<Tap, 'final' | 'end' | 'result'>
  readonly settle: (settled: Partial<JournalEntry>) => void
  /** Counts what the answer used, once, whatever becomes of it. */
  readonly count: (response: RecordedResponse) => void
}

/** Counts what a stream used that has told all, before the upstream closes. */
export function countOrLeave(exchange: Exchange): void {
  try {
    exchange.count(heardOf(exchange, false))
  } catch {
    // It is counted again where the exchange is kept, and what is wrong with it is said there.
  }
}

/** The client has its answer: whatever goes wrong with the copy must not reach it, or anybody else's. */
export async function keepOrSay(setting: Setting, exchange: Exchange, ending: Ending): Promise<void> {
  try {
    await exchange.tap.end()
    exchange.settle(keep(setting, exchange, ending))
  } catch (error) {
    const reason = setting.redactor.text(`it could not be kept: ${whatWentWrong(error)}`)
    exchange.settle({ outcome: 'dropped', reason })
    setting.warn(`${exchange.asked.method} ${exchange.asked.path} is not recorded: ${reason}`)
  }
}

/** What the user cannot help is a defect of ours, and is told with its place. */
function whatWentWrong(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error instanceof UsageError ? error.message : (error.stack ?? error.message)
}

/** Keeps an exchange that is complete and clean; says what came of it. */
function keep(setting: Setting, exchange: Exchange, ending: Ending): Partial<JournalEntry> {
  const { recorder, redactor, held } = setting
  const { asked, slot, response } = exchange
  // A client that left at the end of its stream has all of it, whether or not the upstream closes.
  const isWhole = ending.kind === 'complete' || (ending.kind === 'abandoned' && exchange.tap.final)
  const heard = heardOf(exchange, !isWhole)
  exchange.count(heard)
  if (recorder === undefined || slot === undefined) return { outcome: 'passed', ...whyIncomplete(ending) }
  if (!isWhole && !setting.keepTruncated) return { outcome: 'dropped', ...whyIncomplete(ending) }
  if (response.status > 599) {
    const reason = `its status ${response.status} is none of HTTP's, which end at 599`
    setting.warn(`${asked.method} ${asked.path} is not recorded: ${reason}`)
    return { outcome: 'dropped', reason }
  }
  redactor.learnFromResponse(response.headers)
  const recorded = redactor.response(heard)
  const leak = redactor.leak(asked, recorded) ?? leakIn(held, asked, recorded)
  if (leak !== undefined) {
    const reason = `a secret in ${leak} could not be taken out`
    const remedy = "A rule of your own may (the option 'redact', --redact)."
    setting.warn(`${asked.method} ${asked.path} is not recorded: ${reason}. ${remedy}`)
    return { outcome: 'dropped', reason }
  }
  const interaction = { request: asked, response: recorded }
  recorder.fill(slot, interaction, exchange.base)
  if (setting.plan.reads) setting.catalog.add(recorder.name, exchange.base, interaction, exchange.identity)
  return { outcome: 'recorded', cassette: recorder.name }
}

/** What is too large to be held was looked at when it came. */
function leakIn(held: HeldBlobs, request: RecordedRequest, response: RecordedResponse): string | undefined {
  const leaks = (body: RequestBody | ResponseBody): boolean => blobsOf(body).some((name) => held.leaks(name))
  if (leaks(request.body)) return 'the request body'
  return leaks(response.body) ? 'the response body' : undefined
}

function heardOf({ response, tap }: Exchange, truncated: boolean): RecordedResponse {
  return { status: response.status, headers: response.headers, ...tap.result(truncated) }
}

function whyIncomplete(ending: Ending): { reason?: string } {
  switch (ending.kind) {
    case 'complete':
      return {}
    case 'abandoned':
      return { reason: 'the client left before the end' }
    case 'stopped':
      return { reason: 'the session was closed before its end' }
    case 'broken':
      return { reason: `the upstream broke off: ${reasonOf(ending.error)}` }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
