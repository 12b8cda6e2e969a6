import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { startStandIn } from '../stand-in/start.ts'
import { tempDir } from '../support/temp.ts'

test('in a worker thread what was recorded is replayed', async () => {
  const standIn = await startStandIn()
  onTestFinished(() => standIn.close())
  const dir = await tempDir()
  const ask = async (mode: string): Promise<{ text: string; outcomes: string[] }> => {
    const worker = new Worker(new URL('./worker-asks.ts', import.meta.url), {
      workerData: { mode, dir, upstream: standIn.url },
    })
    await once(worker, 'exit')
    return JSON.parse(await readFile(path.join(dir, `${mode}.json`), 'utf8')) as {
      text: string
      outcomes: string[]
    }
  }
  const live = await ask('record')
  await standIn.close()
  expect([live.text.length > 0, live.outcomes]).toEqual([true, ['recorded']])
  expect(await ask('replay')).toEqual({ text: live.text, outcomes: ['hit'] })
})
