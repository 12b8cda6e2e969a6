import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll } from 'vitest'
import { type Finished, finished, surroundings } from './cli.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface UserProject {
  /** Runs a command line as a user would type it, to its end. */
  run(command: string, env?: Record<string, string>): Promise<Finished>
  write(file: string, text: string): Promise<void>
  /** Replaces text in a file that has it. */
  edit(file: string, from: string, to: string): Promise<void>
  /** The cassettes that it has, without `.yaml`. */
  cassettes(): Promise<string[]>
}

/**
 * Packs what was built and installs it into an empty folder, for all tests of a file.
 * @param packages what else to install beside it
 * @param linked packages that we have already, and of which the installed one needs no copy of its own
 * @returns makes a project in which that is installed, and these files are
 */
export async function installPackage(
  packages: readonly string[],
  linked: readonly string[],
): Promise<(files: Readonly<Record<string, string>>) => Promise<UserProject>> {
  const root = await mkdtemp(path.join(tmpdir(), 'openai-vcr-user-'))
  afterAll(() => rm(root, { recursive: true, force: true }))
  // What was built is packed as it is: to build it anew would take it away from the tests beside this one.
  await npm(ROOT, ['pack', '--ignore-scripts', '--pack-destination', root])
  const tarball = (await readdir(root)).find((name) => name.endsWith('.tgz')) as string
  await writeFile(path.join(root, 'package.json'), '{}')
  await npm(root, ['install', '--no-package-lock', `./${tarball}`, ...packages])
  const modules = path.join(root, 'node_modules')
  for (const name of linked) await symlink(path.join(ROOT, 'node_modules', name), path.join(modules, name))
  return async (files) => {
    const dir = await mkdtemp(path.join(root, 'project-'))
    await symlink(modules, path.join(dir, 'node_modules'))
    const project = projectIn(dir)
    for (const [file, text] of Object.entries(files)) await project.write(file, text)
    return project
  }
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  await promisify(execFile)('npm', [...args, ...quiet], { cwd, env: own({}) })
}

/** Node as it runs these tests: the system's may be too old for the package. */
function own(env: Record<string, string>): NodeJS.ProcessEnv {
  return surroundings({ PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}`, ...env })
}

function projectIn(dir: string): UserProject {
  const write = (file: string, text: string): Promise<void> => writeFile(path.join(dir, file), text)
  return {
    write,
    run: (command, env = {}) =>
      finished(spawn(command, { shell: true, cwd: dir, env: own(env), stdio: ['ignore', 'pipe', 'pipe'] })),
    async edit(file, from, to) {
      const text = await readFile(path.join(dir, file), 'utf8')
      if (!text.includes(from)) throw new Error(`${file} has no '${from}': ${text}`)
      await write(file, text.replaceAll(from, to))
    },
    async cassettes() {
      const files = await readdir(path.join(dir, 'cassettes'), { recursive: true }).catch(ifMissing)
      return files.filter((file) => file.endsWith('.yaml')).map((file) => file.replace(/\.yaml$/, ''))
    },
  }
}

function ifMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return []
  throw error
}
