import { readdirSync } from 'node:fs'
import path from 'node:path'
import { Redactor } from '../redact/redactor.ts'
import { segment, shortened, slug } from './slug.ts'

/** Most bytes of a test file's folder: with a test's name it stays under what a cassette's name may have. */
const MOST_FOLDER_BYTES = 94

const TEST_FILE = /[.](?:test|spec)[.][cm]?[jt]sx?$/i

/** Names the cassettes of one test file, in the order in which its tests are defined. */
export class FileNames {
  /** The folder of them all, in the cassette directory. */
  readonly folder: string
  readonly #taken = new Set<string>()

  /**
   * @param root what cassettes are named relative to
   * @param file the test file, absolute
   */
  constructor(root: string, file: string) {
    this.folder = folderOf(path.relative(root, file).split(path.sep).join('/'), siblingsOf(file))
  }

  /**
   * The name of a test's cassette. Tests that would have the same one are numbered, so
   * ask once for every test that is defined, whether or not it will run.
   * @param titles of its suites, from the outermost, and its own
   */
  name(titles: readonly string[]): string {
    const slugs = titles.map((title) => slug(withoutKeys(title))).filter((each) => each !== '')
    // Suites are no folders: those would mix with the folders of test files.
    return `${this.folder}/${unique(segment(slugs.join('--'), JSON.stringify(titles)), this.#taken)}`
  }
}

/** By their shape alone: a name must be the same on machines that know other secrets. */
function withoutKeys(title: string): string {
  return new Redactor([]).text(title)
}

/**
 * The folder of a test file's cassettes: its path without its endings.
 * @param file relative to the root, with `/`
 * @param siblings the names of all files beside it: of two that would have the same folder, one is named in full
 * @example folderOf('src/agents/weather.test.ts', []) // 'src/agents/weather'
 */
export function folderOf(file: string, siblings: readonly string[]): string {
  const directories = file.split('/')
  const name = directories.pop() as string
  const segments = directories
    .filter((each) => each !== '' && each !== '.')
    .map((each) => (each === '..' ? 'up' : segment(slug(each), each)))
  const folder = [...segments, nameAmong(name, siblings)].join('/')
  return shortened(folder, file, MOST_FOLDER_BYTES)
}

function nameAmong(file: string, siblings: readonly string[]): string {
  const taken = new Set<string>()
  const names = new Map<string, string>()
  // From the end of the alphabet, so that `.spec` gives way to `.test`; what is a test by its place only comes last.
  const tests = siblings
    .filter((each) => TEST_FILE.test(each))
    .toSorted((a, b) => compare(keyOf(b), keyOf(a)) || compare(b, a))
  const files = new Set([...tests, file])
  for (const each of files) {
    const short = segment(slug(withoutEndings(each)), each)
    names.set(each, unique(taken.has(keyOf(short)) ? segment(slug(each), each) : short, taken))
  }
  return names.get(file) as string
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function withoutEndings(file: string): string {
  return TEST_FILE.test(file) ? file.replace(TEST_FILE, '') : file.replace(/[.][cm]?[jt]sx?$/i, '')
}

function siblingsOf(file: string): string[] {
  try {
    return readdirSync(path.dirname(file))
  } catch (error) {
    // A file that is made up by a plugin has no folder to look into.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function unique(name: string, taken: Set<string>): string {
  let free = name
  for (let n = 2; taken.has(keyOf(free)); n++) free = `${name}-${n}`
  taken.add(keyOf(free))
  return free
}

/** Names with the same key are one file where case does not count. */
function keyOf(name: string): string {
  return name.toUpperCase().toLowerCase()
}
