import { UsageError } from '../../messages/errors.ts'
import type { Limits } from '../../api/limits.ts'
import { fieldsOf } from '../faults/read.ts'

/** @throws UsageError that names the file or option, the model and the field */
export function readLimits(data: unknown, where: string): Limits {
  const limits = fieldsOf(data, undefined, `${where}: limits`)
  for (const [model, entry] of Object.entries(limits)) {
    const at = `${where}: limits['${model}']`
    const counts = Object.entries(fieldsOf(entry, ['requests', 'tokens'], at))
    if (counts.length === 0) throw new UsageError(`${at}: expected 'requests', 'tokens' or both`)
    const wrong = counts.find(([, count]) => !Number.isSafeInteger(count) || (count as number) < 1)
    if (wrong !== undefined)
      throw new UsageError(
        `${at}: '${wrong[0]}' must be a whole number from 1, not ${JSON.stringify(wrong[1])}`,
      )
  }
  return limits as Limits
}
