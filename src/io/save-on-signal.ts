const SIGNALS = ['SIGINT', 'SIGTERM'] as const

const saves = new Set<() => Promise<unknown>>()

/**
 * Saves before SIGINT or SIGTERM ends the process, which they do as if nobody had
 * listened, unless somebody else listens too.
 * @returns a function that takes the save off again
 */
export function saveOnSignal(save: () => Promise<unknown>): () => void {
  if (saves.size === 0) for (const signal of SIGNALS) process.on(signal, onSignal)
  saves.add(save)
  return () => {
    saves.delete(save)
    if (saves.size === 0) for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}

async function onSignal(signal: NodeJS.Signals): Promise<void> {
  const endsProcess = process.listenerCount(signal) === 1
  const results = await Promise.allSettled([...saves].map((save) => save()))
  for (const result of results)
    if (result.status === 'rejected') process.stderr.write(`openai-vcr: ${String(result.reason)}\n`)
  for (const each of SIGNALS) process.off(each, onSignal)
  if (endsProcess) process.kill(process.pid, signal)
}
