import path from 'node:path'
import type { TestContext } from 'node:test'
import { UsageError } from '../../messages/errors.ts'
import { FileNames } from '../names.ts'
import type { Casting } from '../opening.ts'
import type { SuiteCassetteOptions, TestCassetteOptions } from '../test-options.ts'

const names = new Map<string, FileNames>()

/** The cassette of a test of node:test's, named after its file, its suites and itself. */
export function castingOf(t: TestContext, options: TestCassetteOptions): Casting {
  const cassette = options.name ?? namesOf(fileOf(t)).name(t.fullName.split(' > '))
  return casting(labelOf(t), cassette, options)
}

/** Who has recorded a cassette anew. Files have a process each, if not told otherwise. */
const recorders = new Map<string, readonly string[]>()

/** @param label of a test or a suite */
export function casting(label: string, cassette: string, own: SuiteCassetteOptions): Casting {
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
  throw new UsageError(`test '${fullName}' is in no file: name its cassette, { cassette: { name: '…' } }`)
}

/** How messages name a test. */
export function labelOf({ fullName, filePath }: TestContext): string {
  return `test '${fullName}' (${fileNameOf(filePath)})`
}

export function fileNameOf(file: string | undefined): string {
  return file === undefined ? 'no file' : path.relative(process.cwd(), file).split(path.sep).join('/')
}

/** What holds for a test: its own options, and `node --test-update-snapshots`, which records as it does snapshots. */
export function optionsFor(own: TestCassetteOptions): TestCassetteOptions {
  return process.execArgv.includes('--test-update-snapshots') ? { ...own, mode: 'record' } : own
}
