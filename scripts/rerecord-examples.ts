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

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const EXAMPLES = ['chat', 'stream', 'tool-agent', 'embeddings']
const STAND_IN = 'stand-in of the test suite (test/stand-in), no real API'

const isReal = Boolean(process.env['OPENAI_API_KEY'])
const standIn = isReal ? undefined : await startStandIn()
try {
  for (const name of EXAMPLES) {
    await record(name, standIn?.url ?? 'https://api.openai.com')
    if (standIn !== undefined) await rename(path.join(ROOT, `cassettes/examples/${name}.yaml`))
  }
} finally {
  await standIn?.close()
}

function record(name: string, upstream: string): Promise<void> {
  const cli = [
    path.join(ROOT, 'dist/cli/main.js'),
    'record',
    '--cassette',
    `examples/${name}`,
    '--upstream',
    upstream,
    '--',
  ]
  const child = spawn(process.execPath, [...cli, process.execPath, path.join(ROOT, `examples/${name}.ts`)], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { OPENAI_API_KEY: 'no-real-key', ...process.env, OPENAI_VCR_MODE: '', OPENAI_VCR_CASSETTES: '' },
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (status) =>
      status === 0 ? resolve() : reject(new Error(`recording ${name} ended with ${status}`)),
    )
  })
}

/** A port that was free today says nothing about where a recording is from. */
async function rename(file: string): Promise<void> {
  const cassette = parseCassette(await readFile(file, 'utf8'), file)
  await writeFile(file, printCassette({ ...cassette, upstream: STAND_IN }).text)
}
