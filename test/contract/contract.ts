import { LONG } from '../support/long.ts'
import type { Adapter } from './adapter.ts'
import { abortCases } from './cases/aborting.ts'
import { backPressureCases } from './cases/back-pressure.ts'
import { badNetworkCases } from './cases/bad-network.ts'
import { bodyCases } from './cases/bodies.ts'
import { aligningCases } from './cases/engine/aligning.ts'
import { codingCases } from './cases/engine/codings.ts'
import { eventTimeCases } from './cases/engine/event-times.ts'
import { faultAnswerCases } from './cases/engine/fault-answers.ts'
import { keyCases } from './cases/engine/keys.ts'
import { matchingCases } from './cases/engine/matching.ts'
import { modeCases } from './cases/engine/modes.ts'
import { multipartCases } from './cases/engine/multipart.ts'
import { providerCases } from './cases/engine/providers.ts'
import { proxyCases } from './cases/engine/proxies.ts'
import { recordedTimeCases } from './cases/engine/recorded-time.ts'
import { recordingRulesCases } from './cases/engine/recording.ts'
import { replayOrderCases } from './cases/engine/replay-order.ts'
import { sequenceCases } from './cases/engine/sequences.ts'
import { telemetryCases } from './cases/engine/telemetry.ts'
import { equalityCases } from './cases/equality.ts'
import { faultCases } from './cases/faults.ts'
import { headerCases } from './cases/headers.ts'
import { endlessCases } from './cases/heavy/endless.ts'
import { fiveMegabyteCases } from './cases/heavy/five-megabytes.ts'
import { largeFileCases } from './cases/heavy/large-files.ts'
import { loadCases } from './cases/heavy/load.ts'
import { streamShapeCases } from './cases/heavy/stream-shapes.ts'
import { largeBodyCases } from './cases/large-bodies.ts'
import { leavingCases } from './cases/leaving.ts'
import { mediaCases } from './cases/media.ts'
import { recordingCases } from './cases/recording.ts'
import { redirectCases } from './cases/redirects.ts'
import { replayingCases } from './cases/replaying.ts'
import { requestCases } from './cases/requests.ts'
import { socketFaultRecordingCases } from './cases/socket-faults-recording.ts'
import { socketFaultCases } from './cases/socket-faults.ts'
import { streamingCases } from './cases/streaming.ts'
import { webSocketCases } from './cases/web-sockets.ts'
import type { AdapterName } from './limits.ts'

/**
 * Each adapter has a test file of its own, so that what one brings with it (nock patches
 * fetch when it is imported, and cannot live beside MSW) is loaded nowhere else.
 */
export function contract(adapter: Adapter): void {
  adapterCases(adapter)
  if (runs(adapter, 'fetch')) engineCases(adapter)
  // One in this process, one behind sockets: a large body takes no other way through the rest.
  if (runs(adapter, 'fetch', 'server')) heavyCases(adapter)
  // Express and node:http share the server's upgrade.
  if (runs(adapter, 'MSW', 'server')) {
    socketFaultCases(adapter)
    socketFaultRecordingCases(adapter)
  }
}

function runs({ name }: Adapter, ...names: readonly AdapterName[]): boolean {
  return LONG || names.includes(name)
}

/** How requests come in and answers go out. Equality stands for all that the engine decides. */
function adapterCases(adapter: Adapter): void {
  recordingCases(adapter)
  streamingCases(adapter)
  leavingCases(adapter)
  backPressureCases(adapter)
  badNetworkCases(adapter)
  replayingCases(adapter)
  faultCases(adapter)
  requestCases(adapter)
  bodyCases(adapter)
  largeBodyCases(adapter)
  mediaCases(adapter)
  headerCases(adapter)
  redirectCases(adapter)
  abortCases(adapter)
  equalityCases(adapter)
  webSocketCases(adapter)
}

/** What the engine decides, whichever adapter asks it. */
function engineCases(adapter: Adapter): void {
  recordingRulesCases(adapter)
  codingCases(adapter)
  eventTimeCases(adapter)
  modeCases(adapter)
  replayOrderCases(adapter)
  sequenceCases(adapter)
  recordedTimeCases(adapter)
  matchingCases(adapter)
  aligningCases(adapter)
  multipartCases(adapter)
  faultAnswerCases(adapter)
  keyCases(adapter)
  providerCases(adapter)
  proxyCases(adapter)
  telemetryCases(adapter)
}

/** Bodies of megabytes, streams of all shapes, and hundreds of them at once. */
function heavyCases(adapter: Adapter): void {
  streamShapeCases(adapter)
  endlessCases(adapter)
  fiveMegabyteCases(adapter)
  largeFileCases(adapter)
  loadCases(adapter)
}
