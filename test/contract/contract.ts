import type { Adapter } from './adapter.ts'
import { codingCases } from './cases/codings.ts'
import { keyCases } from './cases/keys.ts'
import { leavingCases } from './cases/leaving.ts'
import { matchingCases } from './cases/matching.ts'
import { modeCases } from './cases/modes.ts'
import { recordingCases } from './cases/recording.ts'
import { replayingCases } from './cases/replaying.ts'
import { sequenceCases } from './cases/sequences.ts'
import { streamingCases } from './cases/streaming.ts'

/**
 * All that an adapter must do. Each has a test file of its own, so that what one brings
 * with it (nock patches fetch when it is imported, and cannot live beside MSW) is loaded
 * nowhere else.
 */
export function contract(adapter: Adapter): void {
  recordingCases(adapter)
  streamingCases(adapter)
  codingCases(adapter)
  leavingCases(adapter)
  replayingCases(adapter)
  modeCases(adapter)
  sequenceCases(adapter)
  matchingCases(adapter)
  keyCases(adapter)
}
