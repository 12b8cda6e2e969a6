// A reader that has seen enough (`| head`) closes its end: no reason to break off, let alone to lose a recording.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

/** Messages and progress go to stderr, data to stdout. */
export function say(message: string): void {
  process.stderr.write(`openai-vcr: ${message}\n`)
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
