import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseCassette } from '../../src/cassette/notation/text.ts'
import { summarizeRequest, summarizeResponse } from '../../src/openai/answers/summary.ts'

/** How the stand-in answers a question that it does not know. */
const EVASION = /short answer to “/

for (const folder of ['cassettes', 'examples/agent-suite/cassettes', 'examples/frameworks/cassettes']) {
  test(`the stand-in knew an answer to every question in ${folder}`, async () => {
    const dir = fileURLToPath(new URL(`../../${folder}`, import.meta.url))
    const files = (await readdir(dir, { recursive: true })).filter((file) => file.endsWith('.yaml'))
    expect(files.length).toBeGreaterThan(3)
    const evaded: string[] = []
    for (const file of files) {
      const { interactions } = parseCassette(await readFile(path.join(dir, file), 'utf8'), file)
      for (const { request, response } of interactions)
        if (summarizeResponse(response).some(({ text }) => EVASION.test(text)))
          evaded.push(`${file}: ${summarizeRequest(request).find(({ label }) => label === 'user')?.text}`)
    }
    expect(evaded, 'give them answers in test/stand-in/sentences.ts, and record again').toEqual([])
  })
}
