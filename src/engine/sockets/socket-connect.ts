import type { HttpResponse } from '../../http/message.ts'
import type { Outcome } from '../../match/lookup.ts'
import type { Question } from '../record/forward.ts'
import type { SessionBudget } from '../../policies/budget/budget.ts'
import type { Entry } from '../library/catalog.ts'
import type { Finder, Found } from '../replay/finder.ts'
import type { JournalEntry } from '../journal.ts'
import { type Player, saidOf } from '../replay/player.ts'
import type { Due, Rehearsal } from '../../policies/faults/fault-injector.ts'
import { answerInstead, type Rehearsed } from '../../policies/faults/rehearse.ts'
import type { Setting } from '../setting.ts'
import type { Opening } from '../../http/web-socket.ts'
import { askSocket } from './forward-socket.ts'
import { endedAtOnce } from '../../policies/faults/socket-fault.ts'
import { playSocket } from './play-socket.ts'
import { hinderedBy, spoilsSocket } from '../../policies/faults/applicability.ts'

/** What of a session a WebSocket is answered by. */
export interface Answering {
  readonly setting: Setting
  readonly rehearsal: Rehearsal
  readonly budget: SessionBudget
  readonly finder: Finder
  readonly player: Player
  readonly note: Rehearsed['note']
  readonly refuse: (outcome: Exclude<Outcome<Entry>, { kind: 'hit' }>) => Promise<HttpResponse>
}

/** Answers a WebSocket's handshake, and has the conversation go wrong as a fault says. */
export async function connectSocket(session: Answering, question: Question): Promise<Opening> {
  const { setting, rehearsal, budget, finder, note, refuse } = session
  const { request, asked, identity, signal, trail } = question
  const due = rehearsal.due(asked, 'socket', trail)
  const instead = due && (await answerInstead(rehearsal, due, { asked, signal, note }))
  if (instead !== undefined) return { kind: 'refused', response: instead }
  const ended = due && endedAtOnce(due, request)
  if (ended !== undefined) {
    note({ reason: (due as Due).reason })
    return ended
  }
  const settling = budget.settling()
  if (settling !== undefined) await settling
  const over = budget.refuse(asked)
  if (over !== undefined) {
    note({ status: over.response.status, reason: over.reason })
    return { kind: 'refused', response: over.response }
  }
  const found = finder.find(identity, trail)
  const { outcome } = found
  if (outcome.kind === 'hit') return playOne(session, question, outcome.entry, found, due)
  if (setting.plan.asks === 'never') return { kind: 'refused', response: await refuse(outcome) }
  const asking = { ...question, note: due?.reason }
  const opening = await budget.asking(asking, (each) => askSocket(setting, each))
  const fault = due && spoilsSocket(due.fault.does)
  if (due === undefined || fault === undefined || opening.kind === 'refused') return opening
  return rehearsal.spoilSocket(opening, due, fault)
}

/** Plays a recorded conversation. One that is spoilt is not used up: only what was stalled may still come whole. */
async function playOne(
  { setting, rehearsal, player }: Answering,
  { request, arrival, stopped, trail }: Question,
  entry: Entry,
  found: Found,
  due: Due | undefined,
): Promise<Opening> {
  const fault = due && spoilsSocket(due.fault.does)
  const hindered = fault && hinderedBy(fault, entry.interaction.response)
  const said: Partial<JournalEntry> = due === undefined ? {} : saidOf(due, hindered)
  const { body } = entry.interaction.response
  if (body.kind !== 'frames')
    return {
      kind: 'refused',
      response: await player.play(entry, { request, signal: undefined, trail }, said),
    }
  const playback = { request, arrival, entry, body, stopped }
  if (due === undefined || fault === undefined || hindered !== undefined) {
    const settle = player.note(entry, trail, said)
    const diverged = (reason: string): void => settle({ outcome: 'miss', reason })
    return playSocket(setting, { ...playback, diverged })
  }
  const { settle, use } = player.noteSpoilt(entry, due, found, trail)
  const diverged = (reason: string): void => settle({ outcome: 'miss', reason })
  const opening = playSocket(setting, { ...playback, diverged })
  return rehearsal.spoilSocket(opening, due, fault, fault.kind === 'stall' ? use : undefined)
}
