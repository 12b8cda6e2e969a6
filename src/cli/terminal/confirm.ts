import { createInterface } from 'node:readline'
import type { World } from './world.ts'

/** Asks at the terminal. An input that ends, or an interrupt, is a no. */
export async function confirm(world: World, question: string): Promise<boolean> {
  return /^y(?:es)?$/i.test((await answerTo(world, question)).trim())
}

function answerTo({ stdin, stderr }: World, question: string): Promise<string> {
  const terminal = createInterface({ input: stdin, output: stderr })
  return new Promise((resolve) => {
    terminal.once('close', () => resolve(''))
    terminal.question(question, (answer) => {
      resolve(answer)
      terminal.close()
    })
  })
}
