import path from 'node:path'
import type { TestContext } from 'node:test'
import { isPlainObject } from '../../json/input/object.ts'
import { UsageError } from '../../messages/errors.ts'
import { FileNames } from '../names.ts'
import type { CassetteChoice } from '../cassette-choice.ts'
import type { SuiteCassetteOptions, TestCassetteOptions } from '../test-options.ts'

const names = new Map<string, FileNames>()

/** The cassette of a test, named after its file, its suites and itself. */
export function cassetteFor(t: TestContext, options: TestCassetteOptions): CassetteChoice {
  const own = isPlainObject(options as unknown) ? options.name : undefined
  const cassette = own ?? namesOf(fileOf(t)).name(t.fullName.split(' > '))
  return cassetteNamed(labelOf(t), cassette, options)
}

/** Labels of the tests and suites that recorded a cassette anew. By default, each file has a process of its own. */
const recorders = new Map<string, readonly string[]>()

/** @param label the test's or suite's name in messages */
export function cassetteNamed(label: string, cassette: string, own: SuiteCassetteOptions): CassetteChoice {
  const others = (): readonly string[] => {
    const key = JSON.stringify([own.dir, cassette])
    const before = recorders.get(key) ?? []
    recorders.set(key, [...before, label])
    return before
  }
  return { label, cassette, options: optionsFor(own), others, priced: false }
}

function namesOf(file: string): FileNames {
  const known = names.get(file) ?? new FileNames(process.cwd(), file)
  names.set(file, known)
  return known
}

function fileOf({ filePath, fullName }: TestContext): string {
  if (filePath !== undefined) return filePath
  throw new UsageError(
    `test '${fullName}' does not belong to a file, so its cassette needs a name: { cassette: { name: '…' } }`,
  )
}

/** A test's name in messages. */
export function labelOf({ fullName, filePath }: TestContext): string {
  return `test '${fullName}' (${fileNameOf(filePath)})`
}

export function fileNameOf(file: string | undefined): string {
  return file === undefined ? 'no file' : path.relative(process.cwd(), file).split(path.sep).join('/')
}

/** A test's options. `node --test-update-snapshots` records cassettes anew, as it does snapshots. */
export function optionsFor(own: TestCassetteOptions): TestCassetteOptions {
  return process.execArgv.includes('--test-update-snapshots') ? { ...own, mode: 'record' } : own
}
