import { UsageError } from '../../messages/errors.ts'
import { fieldsOf, readFaults } from './read.ts'
import type { Limits } from '../../api/limits.ts'
import { readLimits } from '../limits/read-limits.ts'
import type { Fault, FaultRule } from './rules.ts'

/** Faults and limits of a session, as a file or a user writes them. */
export interface FaultOptions {
  readonly faults?: readonly FaultRule[]
  readonly limits?: Limits
}

/** The same, read. */
export interface FaultPlan {
  readonly faults: readonly Fault[]
  readonly limits: Limits
}

/**
 * Reads a list of faults, or an object with `faults` and `limits`.
 * @throws UsageError that names the file or option, the rule and the field
 */
export function readPlan(data: unknown, where: string, errors: readonly string[]): FaultPlan {
  if (Array.isArray(data)) return { faults: readFaults(data, where, errors), limits: {} }
  const { faults = [], limits = {} } = fieldsOf(data, ['faults', 'limits'], where)
  return { faults: readFaults(faults, where, errors), limits: readLimits(limits, where) }
}

/** The text of a file. */
export function parsePlan(text: string, where: string): FaultOptions {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new UsageError(`${where}: not valid JSON: ${error.message}`, { cause: error })
    throw error
  }
  return (Array.isArray(data) ? { faults: data } : data) as FaultOptions
}
