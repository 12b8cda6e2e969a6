/**
 * Records the cassettes of the examples and of `openai-vcr demo` anew: from the real API when OPENAI_API_KEY is set,
 * else from the stand-in of the test suite, and then the cassettes say so.
 */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { MADE_UP } from '../examples/agent-suite/test/support/real.ts'
import { parseCassette, printCassette } from '../src/cassette/notation/text.ts'
import { startStandIn } from '../test/stand-in/start.ts'
import { evenTime, nameStandIn } from './rerecord/of-stand-in.ts'

interface Example {
  readonly program: string
  /** The cassette directory. */
  readonly dir: string
  readonly cassette: string
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const EXAMPLES: readonly Example[] = [
  { program: 'scripts/demo-question.ts', dir: 'demo', cassette: 'question' },
  ...['chat', 'stream', 'tool-agent', 'embeddings'].map((name) => ({
    program: `examples/${name}.ts`,
    dir: 'cassettes',
    cassette: `examples/${name}`,
  })),
  ...['openai-agents', 'ai-sdk', 'langchain', 'llamaindex'].map((name) => ({
    program: `examples/frameworks/${name}.ts`,
    dir: 'examples/frameworks/cassettes',
    cassette: name,
  })),
]

const isReal = Boolean(process.env['OPENAI_API_KEY'])
const standIn = await startStandIn()
try {
  for (const example of EXAMPLES) {
    await record(example, isReal ? 'https://api.openai.com' : standIn.url)
    await tidy(path.join(ROOT, example.dir, `${example.cassette}.yaml`))
  }
  await recordSuite(path.join(ROOT, 'examples/agent-suite'))
} finally {
  await standIn.close()
}

function record({ program, dir, cassette }: Example, upstream: string): Promise<void> {
  const cli = [path.join(ROOT, 'dist/cli/main.js'), 'record', '--cassettes', dir, '--cassette', cassette]
  const cmd = ['--upstream', upstream, '--', process.execPath, path.join(ROOT, program)]
  return run(cassette, [...cli, ...cmd], { OPENAI_VCR_MODE: '', OPENAI_VCR_CASSETTES: '' })
}

/** All into a new directory, so that what no test asks for any more is gone. */
async function recordSuite(suite: string): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'agent-suite-'))
  const vitest = [path.join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', suite]
  const env = { OPENAI_VCR_MODE: 'record', OPENAI_VCR_CASSETTES: dir }
  try {
    if (isReal) await run('the agent suite', vitest, { ...env, OPENAI_VCR_UPSTREAM: '' })
    // The real API cannot be had to fail at will.
    const only = isReal ? ['-t', MADE_UP] : []
    await run('the agent suite', [...vitest, ...only], { ...env, OPENAI_VCR_UPSTREAM: standIn.url })
    const files = await readdir(dir, { recursive: true })
    for (const file of files.filter((each) => each.endsWith('.yaml'))) await tidy(path.join(dir, file))
    await rm(path.join(suite, 'cassettes'), { recursive: true, force: true })
    await cp(dir, path.join(suite, 'cassettes'), { recursive: true })
  } finally {
    await rm(dir, { recursive: true })
  }
}

function run(what: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      OPENAI_API_KEY: 'no-real-key',
      // No traces of examples, and none past the stand-in.
      OPENAI_AGENTS_DISABLE_TRACING: '1',
      ...process.env,
      ...env,
    },
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (status) =>
      status === 0 ? resolve() : reject(new Error(`recording ${what} ended with ${status}`)),
    )
  })
}

/** Takes out of a cassette what each run of the stand-in has otherwise: its port, and the time that it takes. */
async function tidy(file: string): Promise<void> {
  const cassette = parseCassette(await readFile(file, 'utf8'), file)
  if (cassette.upstream !== standIn.url) return
  await writeFile(file, printCassette(evenTime(nameStandIn(cassette, standIn.url))).text)
}
