import type { RecordedRequest, RecordedResponse, RequestBody, ResponseBody } from '../../cassette/cassette.ts'
import { UsageError } from '../../messages/errors.ts'
import type { SessionContext } from '../exchange/context.ts'
import type { OpenExchange } from '../exchange/open-exchange.ts'
import type { JournalEntry } from '../journal.ts'
import { blobsOf } from '../library/read-cassette.ts'
import type { Recorder, Slot } from '../library/recorder.ts'
import type { UpstreamResponse } from '../ports.ts'
import type { SpooledBlobs } from '../request/spool.ts'
import type { Ending } from './relay.ts'
import type { Tap } from './tap.ts'

/** An exchange that the upstream answered, and a copy of the answer. */
export interface Recording {
  readonly x: OpenExchange
  /** Undefined when nothing is recorded. */
  readonly slot: Slot | undefined
  /** The URL to which the request's path was appended. */
  readonly base: string
  readonly response: Pick<UpstreamResponse, 'status' | 'headers'>
  readonly tap: Pick<Tap, 'final' | 'end' | 'result'>
}

/** Counts the usage of a stream that is complete, before the upstream closes. */
export function countEarly(recording: Recording): void {
  try {
    recording.x.answered(copyOf(recording, false), recording.base)
  } catch {
    // The commit reads the answer again, and reports what is wrong with it.
  }
}

/** Records an exchange that has ended. The client has its answer already, so an error in the copy must not reach it. */
export async function commit(context: SessionContext, recording: Recording, ending: Ending): Promise<void> {
  const { x, tap } = recording
  try {
    await tap.end()
    x.journal(recordIfWhole(context, recording, ending))
  } catch (error) {
    const reason = context.library.redactor.text(`recording it failed: ${messageOf(error)}`)
    x.journal({ outcome: 'dropped', reason })
    warnUnrecorded(context, x.recorded, reason)
  }
}

/** A bug in this package is reported with its stack. An error that the user can fix needs none. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error instanceof UsageError ? error.message : (error.stack ?? error.message)
}

/** Records a complete exchange without secrets. Returns its journal entry. */
function recordIfWhole(context: SessionContext, recording: Recording, ending: Ending): Partial<JournalEntry> {
  const { recorder } = context.library
  const { x, slot, response, tap } = recording
  // A client that leaves at the end of a stream has received all of it, even if the upstream never closes.
  const isWhole = ending.kind === 'complete' || (ending.kind === 'abandoned' && tap.final)
  const copy = copyOf(recording, !isWhole)
  x.answered(copy, recording.base)
  if (recorder === undefined || slot === undefined) return { outcome: 'passed', ...whyIncomplete(ending) }
  if (!isWhole && !context.options.keepTruncated) return { outcome: 'dropped', ...whyIncomplete(ending) }
  if (response.status > 599) {
    const reason = `its status ${response.status} is not a valid HTTP status (100 to 599)`
    warnUnrecorded(context, x.recorded, reason)
    return { outcome: 'dropped', reason }
  }
  return record(context, { ...recording, slot, recorder }, copy)
}

function record(
  context: SessionContext,
  { x, slot, base, response, recorder }: Recording & { readonly slot: Slot; readonly recorder: Recorder },
  copy: RecordedResponse,
): Partial<JournalEntry> {
  const { redactor, spooled, plan, catalog } = context.library
  redactor.learnFromResponse(response.headers)
  const recorded = redactor.response(copy)
  const leak = redactor.leak(x.recorded, recorded) ?? leakIn(spooled, x.recorded, recorded)
  if (leak !== undefined) {
    const reason = `a secret in ${leak} could not be redacted`
    const advice = "Add a redaction rule for it (the option 'redact', --redact)."
    warnUnrecorded(context, x.recorded, `${reason}. ${advice}`)
    return { outcome: 'dropped', reason }
  }
  const interaction = { request: x.recorded, response: recorded }
  recorder.fill(slot, interaction, base)
  if (plan.reads) catalog.add(recorder.name, base, interaction, x.identity)
  return { outcome: 'recorded', cassette: recorder.name }
}

function warnUnrecorded(context: SessionContext, { method, path }: RecordedRequest, reason: string): void {
  context.dependencies.warn(`${method} ${path} was not recorded: ${reason}`)
}

/** Large bodies were searched for secrets as they arrived. */
function leakIn(
  spooled: SpooledBlobs,
  request: RecordedRequest,
  response: RecordedResponse,
): string | undefined {
  const leaks = (body: RequestBody | ResponseBody): boolean =>
    blobsOf(body).some((name) => spooled.leaks(name))
  if (leaks(request.body)) return 'the request body'
  return leaks(response.body) ? 'the response body' : undefined
}

function copyOf({ response, tap }: Recording, truncated: boolean): RecordedResponse {
  return { status: response.status, headers: response.headers, ...tap.result(truncated) }
}

function whyIncomplete(ending: Ending): { reason?: string } {
  switch (ending.kind) {
    case 'complete':
      return {}
    case 'abandoned':
      return { reason: 'the client left before the response ended' }
    case 'stopped':
      return { reason: 'the session was closed before the response ended' }
    case 'broken':
      return { reason: `the upstream's response was cut off: ${reasonOf(ending.error)}` }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
