import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { surroundings } from '../support/cli.ts'
import { cases, run } from './cases.ts'

const PRELOADED = fileURLToPath(new URL('with-msw-2.ts', import.meta.url))
const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))
const names = Object.keys(cases)

describe('MSW 3', () => {
  for (const name of names) test(name, () => run(name, 3))
})

describe('MSW 2, in a process that has it as its msw', () => {
  const told = new Map(names.map((name) => [name, Promise.withResolvers<string | undefined>()]))
  let child: ReturnType<typeof spawn> | undefined

  beforeAll(() => {
    child = spawn(process.execPath, ['--import', PRELOADED, CHILD], {
      env: surroundings({}),
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    child.stdin?.end(JSON.stringify(names))
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const { name, error } = JSON.parse(line) as { name: string; error?: string }
      told.get(name)?.resolve(error)
    })
    child.on('close', (status) => {
      for (const each of told.values()) each.resolve(`the process ended with ${status}`)
    })
  })

  afterAll(() => void child?.kill())

  for (const name of names)
    test(name, async () => expect(await told.get(name)?.promise).toBeUndefined(), 300_000)
})
