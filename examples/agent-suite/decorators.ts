import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Plugin } from 'vitest/config'

const TYPESCRIPT = path.dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
const FLAGS = ['--ignoreConfig', '--noCheck', '--noResolve', '--inlineSourceMap', '--verbatimModuleSyntax']

/**
 * Standard decorators for vitest: neither Node nor vitest's own compiler (oxc) knows them yet, but
 * TypeScript does. It compiles the files that have one. Not needed where `experimentalDecorators`
 * are used instead, which oxc compiles.
 */
export function decorators(): Plugin {
  return {
    name: 'standard-decorators',
    enforce: 'pre',
    transform: {
      filter: { id: /\.ts$/, code: /^\s*@\w+/m },
      handler: (_, id) => compile(id),
    },
  }
}

async function compile(file: string): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'agent-suite-'))
  try {
    const tsc = [
      path.join(TYPESCRIPT, 'bin/tsc'),
      file,
      '--outDir',
      dir,
      '--target',
      'es2023',
      '--module',
      'esnext',
      ...FLAGS,
    ]
    await promisify(execFile)(process.execPath, tsc)
    return await readFile(path.join(dir, `${path.basename(file, '.ts')}.js`), 'utf8')
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
