import type { Planned, Planning } from '../../rerecord/plan.ts'

/** A cassette that is to be recorded anew, with how it was planned. */
export interface Job {
  readonly planned: Planned
  readonly planning: Planning
}
