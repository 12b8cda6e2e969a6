import { readFileSync } from 'node:fs'
import { jsonAt, optionsFrom } from '../../json/input/place.ts'
import { UsageError } from '../../messages/errors.ts'
import { ERROR_NAMES } from '../../openai/errors/catalogue.ts'
import type { FaultOptions } from '../../policies/faults/plan.ts'
import { faultOptions } from '../../policies/faults/shapes.ts'

/**
 * Reads a file of faults and limits.
 * @throws UsageError that names the file, the rule and the invalid field
 */
export function readFaultsFile(file: string): FaultOptions {
  // The command line redacts everything that it prints.
  const place = optionsFrom(file, (message) => message, { noun: 'field' })
  return faultOptions(ERROR_NAMES).read(jsonAt(textOf(file), place), place)
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
