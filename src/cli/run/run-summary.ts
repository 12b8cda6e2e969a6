import type { RunReport } from '../../server/sources.ts'
import { say, type World } from '../world.ts'

/** Tells what a run recorded, and what it could not. */
export function reportRun(world: World, { saved, failures, findings }: RunReport): void {
  for (const { file, added, removed, written } of saved) {
    const replaced = removed > 0 ? `, in place of ${removed}` : ''
    if (written) say(world, `recorded ${count(added, 'interaction')} in ${file}${replaced}`)
    else say(world, `nothing new for ${file}: left as it is`)
  }
  const lost = findings.filter(({ outcome }) => outcome === 'dropped' || outcome === 'failed')
  for (const { method, path, reason } of lost) say(world, `not recorded: ${method} ${path}: ${reason ?? ''}`)
  for (const failure of failures) say(world, failure.message)
}

/** Tells what requests were answered from the cassettes, and what of these nobody asked for. */
export function reportPlayed(world: World, { counts, unused }: RunReport): void {
  if (counts.hit === 0) return
  const rest = unused.length === 0 ? '' : `; ${count(unused.length, 'recorded interaction')} left unplayed`
  say(world, `answered ${count(counts.hit, 'request')} from recordings${rest}`)
}

export function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`
}
