import type { Limits } from '../../api/limits.ts'
import { parsePath } from '../../json/path.ts'
import { wildcard } from '../../match/wildcard.ts'
import {
  type Fault,
  FAULT_KINDS,
  type FaultCondition,
  type FaultKind,
  type FaultRule,
  type ReadCondition,
} from './rules.ts'

/** Faults and limits of a session, as a file or a user writes them. */
export interface FaultOptions {
  readonly faults?: readonly FaultRule[]
  readonly limits?: Limits
}

/** Compiled faults, and limits. */
export interface FaultPlan {
  readonly faults: readonly Fault[]
  readonly limits: Limits
}

/** @param options must have been validated by the shapes of this folder */
export function faultPlan({ faults = [], limits = {} }: FaultOptions): FaultPlan {
  return { faults: faults.map((rule, i) => compileFault(rule, i + 1)), limits }
}

function compileFault(rule: FaultRule, number: number): Fault {
  const kind = FAULT_KINDS.find((each) => rule[each] !== undefined)
  return {
    number,
    // A fault that closes a WebSocket matches WebSockets by default.
    when: compileCondition({ websocket: kind === 'close', ...rule.when }),
    isDue: turnsOf(rule),
    does: kindOf(rule),
    delay: rule.delay ?? 0,
  }
}

function compileCondition({
  websocket = false,
  method,
  path,
  model,
  body = {},
}: FaultCondition): ReadCondition {
  return {
    websocket,
    method: method?.toUpperCase(),
    path: path === undefined ? undefined : wildcard(path),
    model: model === undefined ? undefined : wildcard(model),
    body: Object.entries(body).map(([at, value]) => ({ steps: parsePath(at), value })),
  }
}

function turnsOf({ nth, first, every }: FaultRule): (nth: number) => boolean {
  if (first !== undefined) return (n) => n <= first
  if (every !== undefined) return (n) => n % every === 0
  if (nth === undefined) return () => true
  const numbers = typeof nth === 'number' ? [nth] : nth
  return (n) => numbers.includes(n)
}

function kindOf({
  error,
  answer,
  timeout,
  reset,
  cut,
  stall,
  corrupt,
  errorEvent,
  close,
}: FaultRule): FaultKind {
  if (error !== undefined) return { kind: 'error', error }
  if (answer !== undefined) return { kind: 'answer', answer: { headers: {}, body: '', ...answer } }
  if (timeout !== undefined) return { kind: 'timeout' }
  if (reset !== undefined) return { kind: 'reset' }
  if (cut !== undefined) return { kind: 'cut', ...cut }
  if (stall !== undefined) return { kind: 'stall', ...stall }
  if (corrupt !== undefined) return { kind: 'corrupt', ...corrupt }
  if (errorEvent !== undefined) return { kind: 'errorEvent', error: 'server_error', ...errorEvent }
  if (close !== undefined) return { kind: 'close', reason: '', after: 0, ...close }
  return { kind: 'delay' }
}
