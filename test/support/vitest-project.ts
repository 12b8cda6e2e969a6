import { spawn } from 'node:child_process'
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { type Finished, finished, surroundings } from './cli.ts'
import { tempDir } from './temp.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface VitestProject {
  readonly dir: string
  /** Runs vitest over it, to its end. */
  run(args?: readonly string[], env?: Record<string, string>): Promise<VitestRun>
  /** Runs any command of vitest's, as it is given. */
  vitest(args: readonly string[], env?: Record<string, string>): Promise<Finished>
  /** Its cassettes by name, each with what it was asked. */
  cassettes(): Promise<Record<string, string[]>>
}

export interface VitestRun extends Finished {
  /** What became of each test, by its suites' and its own titles; a failed one tells why, an error a line. */
  readonly tests: Readonly<Record<string, string>>
  /** Why files failed besides their tests. */
  readonly files: Readonly<Record<string, string>>
}

/** A folder with these files, and the built package installed as npm would: copied, beside its dependencies. */
export async function vitestProject(files: Readonly<Record<string, string>>): Promise<VitestProject> {
  const dir = await tempDir()
  const modules = path.join(dir, 'node_modules')
  await mkdir(path.join(modules, 'openai-vcr'), { recursive: true })
  await cp(path.join(ROOT, 'dist'), path.join(modules, 'openai-vcr/dist'), { recursive: true })
  await cp(path.join(ROOT, 'package.json'), path.join(modules, 'openai-vcr/package.json'))
  const { dependencies } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const packages = new Set(
    [...Object.keys(dependencies), 'vitest', 'openai', 'msw'].map((name) => name.split('/')[0]),
  )
  for (const name of packages as Set<string>)
    await symlink(path.join(ROOT, 'node_modules', name), path.join(modules, name))
  for (const [file, text] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    await mkdir(path.dirname(path.join(dir, file)), { recursive: true })
    await writeFile(path.join(dir, file), text)
  }
  return {
    dir,
    run: (args = [], env = {}) => run(dir, args, env),
    vitest: (args, env = {}) => vitest(dir, args, env),
    cassettes: () => cassettesIn(dir),
  }
}

/** For a test that runs vitest more than once: each takes about a second, and more on a machine that is busy. */
export const SLOW = { timeout: 120_000 }

/** How a test would start vitest itself. */
export const VITEST = path.join(ROOT, 'node_modules/vitest/vitest.mjs')

let runs = 0

async function run(dir: string, args: readonly string[], env: Record<string, string>): Promise<VitestRun> {
  const report = path.join(dir, `report-${runs++}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const ended = await vitest(dir, ['run', ...reporters, ...args], env)
  const { testResults } = JSON.parse(
    await readFile(report, 'utf8').catch(() => '{"testResults":[]}'),
  ) as Report
  const tests = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .map(({ fullName, status, failureMessages }) => {
      // Of a test that passed these are of attempts before.
      const told = status === 'failed' ? failureMessages.map(withoutStack) : []
      return [fullName, [status, ...told].join('\n')] as const
    })
  const failed = testResults
    .filter(({ message }) => message !== '')
    .map(({ name, message }) => [path.relative(dir, name), withoutStack(message)] as const)
  return { ...ended, tests: Object.fromEntries(tests), files: Object.fromEntries(failed) }
}

function withoutStack(message: string): string {
  return message.replaceAll(/\n {4}at .*/g, '')
}

function vitest(dir: string, args: readonly string[], env: Record<string, string>): Promise<Finished> {
  const child = spawn(process.execPath, [VITEST, ...args], {
    cwd: dir,
    env: surroundings(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return finished(child)
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

async function cassettesIn(dir: string): Promise<Record<string, string[]>> {
  const folder = path.join(dir, 'cassettes')
  const found = await readdir(folder, { recursive: true }).catch(() => [])
  const names = found.filter((file) => file.endsWith('.yaml')).toSorted()
  const entries = names.map(async (name) => {
    const text = await readFile(path.join(folder, name), 'utf8')
    const asked = [...text.matchAll(/"content": "(.*)"$/gm)].map(([, content]) => content as string)
    return [name.slice(0, -'.yaml'.length), asked] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
