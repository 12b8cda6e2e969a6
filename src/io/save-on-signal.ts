const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** What is to be saved, with the cassette's name. */
const saves = new Map<() => Promise<unknown>, string>()

/**
 * Saves before SIGINT or SIGTERM ends the process, which they do as if nobody had
 * listened, unless somebody else listens too. A process that ends by itself with
 * something unsaved is warned of it: whether it ended well is not known.
 * @returns a function that takes the save off again
 */
export function saveOnSignal(cassette: string, save: () => Promise<unknown>): () => void {
  if (saves.size === 0) listen()
  saves.set(save, cassette)
  return () => {
    saves.delete(save)
    if (saves.size === 0) unlisten()
  }
}

function listen(): void {
  for (const signal of SIGNALS) process.on(signal, onSignal)
  process.once('beforeExit', onForgotten)
}

function unlisten(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal)
  process.off('beforeExit', onForgotten)
}

async function onSignal(signal: NodeJS.Signals): Promise<void> {
  const endsProcess = process.listenerCount(signal) === 1
  const results = await Promise.allSettled([...saves.keys()].map((save) => save()))
  for (const result of results) {
    if (result.status === 'rejected') process.stderr.write(`openai-vcr: ${String(result.reason)}\n`)
  }
  unlisten()
  if (endsProcess) process.kill(process.pid, signal)
}

function onForgotten(): void {
  for (const cassette of saves.values()) {
    process.emitWarning(
      `cassette '${cassette}' was opened to record and never closed: nothing is written. Open it by 'await using', or call close()`,
      'OpenaiVcrWarning',
    )
  }
}
