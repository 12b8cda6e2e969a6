import { counted } from '../../messages/figures.ts'
import type { RunReport } from '../../server/libraries.ts'
import { say, type World } from '../terminal/world.ts'

/** What a run recorded, and what it could not record. */
export function sayRecorded(world: World, { saved, failures, findings }: RunReport): void {
  for (const { file, added, removed, written } of saved) {
    const replaced = removed > 0 ? `, replacing ${removed}` : ''
    if (written) say(world, `recorded ${counted(added, 'interaction')} in ${file}${replaced}`)
    else say(world, `recorded nothing new in ${file}`)
  }
  const lost = findings.filter(({ outcome }) => outcome === 'dropped' || outcome === 'failed')
  for (const { method, path, reason } of lost) say(world, `not recorded: ${method} ${path}: ${reason ?? ''}`)
  for (const failure of failures) say(world, failure.message)
}

/** How many requests the cassettes answered, and how many of their interactions no request used. */
export function sayReplayed(world: World, { counts, unused }: RunReport): void {
  if (counts.hit === 0) return
  const rest = unused.length === 0 ? '' : `; ${counted(unused.length, 'recorded interaction')} not played`
  say(world, `answered ${counted(counts.hit, 'request')} from recordings${rest}`)
}

/** Why requests found no answer. */
export function sayUnanswered(world: World, { findings, unanswered }: RunReport): void {
  for (const { outcome, reason } of findings)
    if (outcome === 'miss' || outcome === 'exhausted') say(world, reason ?? '')
  if (unanswered > 0) say(world, `unanswered requests: ${unanswered}`)
}
