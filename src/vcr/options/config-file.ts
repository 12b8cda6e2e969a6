import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type InputPlace, jsonAt, optionsFrom } from '../../json/input/place.ts'
import { UsageError } from '../../messages/errors.ts'
import { type Config, CONFIG } from './config.ts'

const FILES = ['json', 'ts', 'mts', 'js', 'mjs'].map((ending) => `openai-vcr.config.${ending}`)

/**
 * The configuration of the cassette directory or the working directory. Empty where neither has one.
 * @param redact redacts secrets in messages
 * @throws UsageError that names the file and the invalid option, or all files where there are several
 */
export async function readConfig(directory: string, redact: (text: string) => string): Promise<Config> {
  const isElsewhere = path.resolve(directory) !== path.resolve('.')
  const files = (isElsewhere ? [directory, '.'] : ['.'])
    .flatMap((folder) => FILES.map((name) => path.join(folder, name)))
    .filter((file) => existsSync(file))
  if (files.length > 1)
    throw new UsageError(`expected one configuration, found ${files.join(' and ')}: keep one of them`)
  const [file] = files
  if (file === undefined) return {}
  if (!file.endsWith('.json')) {
    const place = optionsFrom(file, redact)
    return CONFIG.read(await defaultExport(file, place), place)
  }
  const place = optionsFrom(file, redact, {
    withoutCode: '; JSON cannot contain functions and regular expressions: use openai-vcr.config.ts',
  })
  return CONFIG.read(jsonAt(await readFile(file, 'utf8'), place), place)
}

async function defaultExport(file: string, place: InputPlace): Promise<unknown> {
  const module = await load(file, place)
  return (
    module.default ??
    place.refuse('expected a default export, such as `export default defineConfig({ … })`, found none')
  )
}

async function load(file: string, place: InputPlace): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { default?: unknown }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION')
      return place.refuse(
        'this Node does not run TypeScript: use Node 22.18 or later, without --no-strip-types, or write openai-vcr.config.mjs',
      )
    return place.refuse(`the file cannot be loaded: ${message}`)
  }
}
