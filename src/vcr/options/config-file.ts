import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { UsageError } from '../../messages/errors.ts'
import { type DirectoryConfig, readConfig } from './directory-config.ts'

const NAME = 'openai-vcr.config.json'

/**
 * The configuration of a cassette directory; empty where there is none.
 * @throws UsageError that names the file, and the field or the place that is wrong
 */
export async function configOf(directory: string): Promise<DirectoryConfig> {
  const file = path.join(directory, NAME)
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EACCES') return undefined
    throw error
  })
  if (text === undefined) return {}
  try {
    return readConfig(JSON.parse(text), file)
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new UsageError(`${file}: not valid JSON: ${error.message}`, { cause: error })
    throw error
  }
}
