import { readFileSync } from 'node:fs'
import { UsageError } from '../../messages/errors.ts'
import { type FaultOptions, parsePlan, readPlan } from '../../policies/faults/plan.ts'

/**
 * A file of faults and limits.
 * @param errors names of the errors that the API is known to answer
 * @throws UsageError that names the file, and the rule and the field that are wrong
 */
export function faultsFile(file: string, errors: readonly string[]): FaultOptions {
  const data = parsePlan(textOf(file), file)
  readPlan(data, file, errors)
  return data
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : message
    throw new UsageError(`the faults cannot be read from ${file}: ${why}`, { cause: error })
  }
}
