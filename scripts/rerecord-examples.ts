/**
 * Records the examples' cassettes anew: from the real API when OPENAI_API_KEY is set,
 * else from the stand-in of the test suite, and then the cassettes say so.
 */
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseCassette, printCassette } from '../src/core/cassette-text.ts'
import { startStandIn } from '../test/stand-in/start.ts'

interface Example {
  readonly program: string
  /** The cassette directory. */
  readonly dir: string
  readonly cassette: string
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const EXAMPLES: readonly Example[] = [
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
const STAND_IN = 'stand-in of the test suite (test/stand-in), no real API'

const isReal = Boolean(process.env['OPENAI_API_KEY'])
const standIn = isReal ? undefined : await startStandIn()
try {
  for (const example of EXAMPLES) {
    await record(example, standIn?.url ?? 'https://api.openai.com')
    if (standIn !== undefined) await rename(path.join(ROOT, example.dir, `${example.cassette}.yaml`))
  }
} finally {
  await standIn?.close()
}

function record({ program, dir, cassette }: Example, upstream: string): Promise<void> {
  const cli = [path.join(ROOT, 'dist/cli/main.js'), 'record', '--cassettes', dir, '--cassette', cassette]
  const cmd = ['--upstream', upstream, '--', process.execPath, path.join(ROOT, program)]
  const child = spawn(process.execPath, [...cli, ...cmd], {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      OPENAI_API_KEY: 'no-real-key',
      // No traces of examples, and none past the stand-in.
      OPENAI_AGENTS_DISABLE_TRACING: '1',
      ...process.env,
      OPENAI_VCR_MODE: '',
      OPENAI_VCR_CASSETTES: '',
    },
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (status) =>
      status === 0 ? resolve() : reject(new Error(`recording ${cassette} ended with ${status}`)),
    )
  })
}

/** A port that was free today says nothing about where a recording is from. */
async function rename(file: string): Promise<void> {
  const cassette = parseCassette(await readFile(file, 'utf8'), file)
  await writeFile(file, printCassette({ ...cassette, upstream: STAND_IN }).text)
}
