import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { tempDir } from '../support/temp.ts'

/** A cassette as its file reads, interactions given as YAML. */
export async function cassette(...interactions: string[]): Promise<string> {
  const dir = await tempDir()
  const head = 'version: 1\nupstream: https://api.openai.com\nrecordedAt: 2026-01-02\ninteractions:\n'
  await writeFile(path.join(dir, 'c.yaml'), `${head}${interactions.join('')}...\n`)
  return dir
}

/** A chat completion and its answer. */
export function interaction(body: string, response: string): string {
  return `  - request:\n      method: POST\n      path: /v1/chat/completions\n      body:\n        json: '${body}'\n    response:\n      status: 200\n${response}`
}

export const json = (text: string): string =>
  `      headers: |\n        content-type: application/json\n      body:\n        text: '${text}'\n`

/** A GET and its answer. */
export function got(at: string, text: string, status = 200, headers = ''): string {
  const lines = headers === '' ? '' : `      headers: |\n        ${headers}\n`
  return `  - request:\n      method: GET\n      path: ${at}\n    response:\n      status: ${status}\n${lines}      body:\n        text: '${text}'\n`
}
