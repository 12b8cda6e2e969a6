import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** A directory that is gone when the test is. */
export async function tempDir(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'openai-vcr-test-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}
