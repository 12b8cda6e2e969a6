/** Messages and progress go to stderr, data to stdout. */
export function say(message: string): void {
  process.stderr.write(`openai-vcr: ${message}\n`)
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
