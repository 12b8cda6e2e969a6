import { readdirSync } from 'node:fs'
import path from 'node:path'
import { withoutKeys } from '../vcr/options/secrets.ts'
import { segment, shortened, slug } from './slug.ts'

/** Together with a test's name, a folder stays within the length that a cassette's name may have. */
const MAX_FOLDER_BYTES = 94

const TEST_FILE = /[.](?:test|spec)[.][cm]?[jt]sx?$/i

/** Names the cassettes of one test file, in the order in which its tests are defined. */
export class FileNames {
  /** The folder of the file's cassettes, in the cassette directory. */
  readonly folder: string
  readonly #taken = new Set<string>()

  /**
   * @param root the directory to which cassette names are relative
   * @param file the test file's absolute path
   */
  constructor(root: string, file: string) {
    this.folder = folderOf(path.relative(root, file).split(path.sep).join('/'), siblingsOf(file))
  }

  /**
   * The name of a test's cassette. Tests with equal names are numbered, so call this once for every test
   * that is defined, whether or not it will run.
   * @param titles those of the test's suites, from the outermost, and its own
   */
  name(titles: readonly string[]): string {
    // Keys by their shape only: a name must be the same on machines that know other secrets.
    const slugs = titles.map((title) => slug(withoutKeys(title))).filter((each) => each !== '')
    // Suites do not become folders, which could collide with those of test files.
    return `${this.folder}/${unique(segment(slugs.join('--'), JSON.stringify(titles)), this.#taken)}`
  }
}

/**
 * The folder of a test file's cassettes: its path without its endings.
 * @param file relative to the root, with `/`
 * @param siblings the names of all files beside it: if two would have the same folder, one keeps its endings
 * @example folderOf('src/agents/weather.test.ts', []) // 'src/agents/weather'
 */
export function folderOf(file: string, siblings: readonly string[]): string {
  const directories = file.split('/')
  const name = directories.pop() as string
  const segments = directories
    .filter((each) => each !== '' && each !== '.')
    .map((each) => (each === '..' ? 'up' : segment(slug(each), each)))
  const folder = [...segments, nameAmong(name, siblings)].join('/')
  return shortened(folder, file, MAX_FOLDER_BYTES)
}

function nameAmong(file: string, siblings: readonly string[]): string {
  const taken = new Set<string>()
  const names = new Map<string, string>()
  // In reverse order, so that `.test` gets the short name and `.spec` the long one. Other files come last.
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
    // A virtual file from a plugin has no folder.
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

/** Names with equal keys are the same file on a case-insensitive file system. */
function keyOf(name: string): string {
  return name.toUpperCase().toLowerCase()
}
