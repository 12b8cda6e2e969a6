import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { tempDir } from './temp.ts'

/** A small program of a user's, for commands that wrap one. */
export async function program(source: string): Promise<readonly string[]> {
  const file = path.join(await tempDir(), 'program.mjs')
  await writeFile(file, source)
  return [process.execPath, file]
}

/** Asks for each n in turn at OPENAI_BASE_URL, prints the answers, and ends with the status. */
export function asking(numbers: readonly number[], status = 0): string {
  return `
    for (const n of ${JSON.stringify(numbers)}) {
      const response = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer ' + (process.env.OPENAI_API_KEY ?? 'unset') },
        body: JSON.stringify({ n }),
      })
      console.log(response.status, await response.text())
    }
    process.exitCode = ${status}
  `
}
