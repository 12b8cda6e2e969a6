import { createInterface } from 'node:readline'

/** Asks at the terminal. Whoever ends the input or interrupts has not agreed. */
export async function agrees(question: string): Promise<boolean> {
  return /^y(?:es)?$/i.test((await answerTo(question)).trim())
}

function answerTo(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  return new Promise((resolve) => {
    terminal.once('close', () => resolve(''))
    terminal.question(question, (answer) => {
      resolve(answer)
      terminal.close()
    })
  })
}
