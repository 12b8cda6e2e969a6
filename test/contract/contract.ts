import type { Adapter } from './adapter.ts'
import { abortCases } from './cases/aborting.ts'
import { aligningCases } from './cases/aligning.ts'
import { backPressureCases } from './cases/back-pressure.ts'
import { badNetworkCases } from './cases/bad-network.ts'
import { bodyCases } from './cases/bodies.ts'
import { codingCases } from './cases/codings.ts'
import { endlessCases } from './cases/endless.ts'
import { equalityCases } from './cases/equality.ts'
import { faultCases } from './cases/faults.ts'
import { headerCases } from './cases/headers.ts'
import { keyCases } from './cases/keys.ts'
import { largeBodyCases } from './cases/large-bodies.ts'
import { leavingCases } from './cases/leaving.ts'
import { loadCases } from './cases/load.ts'
import { matchingCases } from './cases/matching.ts'
import { mediaCases } from './cases/media.ts'
import { modeCases } from './cases/modes.ts'
import { providerCases } from './cases/providers.ts'
import { proxyCases } from './cases/proxies.ts'
import { recordingCases } from './cases/recording.ts'
import { redirectCases } from './cases/redirects.ts'
import { replayingCases } from './cases/replaying.ts'
import { requestCases } from './cases/requests.ts'
import { sequenceCases } from './cases/sequences.ts'
import { socketFaultRecordingCases } from './cases/socket-faults-recording.ts'
import { socketFaultCases } from './cases/socket-faults.ts'
import { streamShapeCases } from './cases/stream-shapes.ts'
import { streamingCases } from './cases/streaming.ts'
import { telemetryCases } from './cases/telemetry.ts'
import { webSocketCases } from './cases/web-sockets.ts'

/**
 * All that an adapter must do. Each has a test file of its own, so that what one brings
 * with it (nock patches fetch when it is imported, and cannot live beside MSW) is loaded
 * nowhere else.
 */
export function contract(adapter: Adapter): void {
  recordingCases(adapter)
  streamingCases(adapter)
  streamShapeCases(adapter)
  codingCases(adapter)
  leavingCases(adapter)
  backPressureCases(adapter)
  badNetworkCases(adapter)
  endlessCases(adapter)
  proxyCases(adapter)
  providerCases(adapter)
  replayingCases(adapter)
  faultCases(adapter)
  modeCases(adapter)
  sequenceCases(adapter)
  matchingCases(adapter)
  aligningCases(adapter)
  keyCases(adapter)
  requestCases(adapter)
  bodyCases(adapter)
  largeBodyCases(adapter)
  mediaCases(adapter)
  headerCases(adapter)
  redirectCases(adapter)
  telemetryCases(adapter)
  abortCases(adapter)
  loadCases(adapter)
  equalityCases(adapter)
  webSocketCases(adapter)
  socketFaultCases(adapter)
  socketFaultRecordingCases(adapter)
}
