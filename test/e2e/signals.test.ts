import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { runProgram, spawnServer } from '../support/cli.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} saves what a process recorded, and then ends it as if nobody had listened`, async () => {
    const upstream = await localUpstream((_req, res) => void res.end('{"data":[]}'))
    const dir = await tempDir()
    const program = fileURLToPath(new URL('in-process-recorder.ts', import.meta.url))
    const child = spawn(process.execPath, [program, dir, upstream.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    await new Promise((resolve) => child.stdout.once('data', resolve))
    const ended = new Promise((resolve) => child.once('exit', (status, by) => resolve([status, by])))
    child.kill(signal)
    expect(await ended).toEqual([null, signal])
    expect(await readFile(path.join(dir, 'c.yaml'), 'utf8')).toContain('path: /v1/models')
  })
}

test('a second signal does not end the server before it has written', async () => {
  let answer = (): void => {}
  const asked = new Promise<void>((resolve) => {
    answer = resolve
  })
  let finish = (): void => {}
  const upstream = await localUpstream((_req, res) => {
    finish = () => void res.end('answer')
    answer()
  })
  const dir = await tempDir()
  const server = await spawnServer(['--mode', 'record', '--cassettes', dir, '--upstream', upstream.url])
  const answered = fetch(`${server.url}/v1/x`).then((response) => response.text())
  await asked
  const ended = server.stop('SIGINT')
  // It takes no more requests once it has seen the first signal.
  while (
    await fetch(`${server.url}/_vcr/health`).then(
      () => true,
      () => false,
    )
  );
  void server.stop('SIGINT')
  finish()
  expect(await answered).toBe('answer')
  expect(await ended).toBe(0)
  expect(await readFile(path.join(dir, 'default.yaml'), 'utf8')).toContain('path: /v1/x')
})

test.each([
  ['by itself', 'return', 0],
  ['by process.exit()', 'exit', 0],
  ['by an error that nobody catches', 'error', 1],
])('a process that ends %s without closing a recording is warned of it, once', async (_, end, code) => {
  const upstream = await localUpstream((_req, res) => void res.end('{"data":[]}'))
  const program = new URL('forgetful-recorder.ts', import.meta.url)
  const { status, stderr } = await runProgram(program, [await tempDir(), upstream.url, end])
  expect(status).toBe(code)
  const warning = "cassette 'c' was opened for recording but never closed, so nothing was saved"
  expect(stderr.split(warning)).toHaveLength(2)
})
