const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** The pending saves and the names of their cassettes. */
const saves = new Map<() => Promise<unknown>, string>()

/** The saves that the user was already warned about. */
const warned = new Set<() => Promise<unknown>>()

/**
 * Saves on SIGINT or SIGTERM, and then lets the signal end the process unless other code listens for it. If the process
 * exits without a signal and with an unsaved cassette, this only warns, as the run may have failed.
 * @returns a function that stops listening
 */
export function saveOnSignal(cassette: string, save: () => Promise<unknown>): () => void {
  if (saves.size === 0) listen()
  saves.set(save, cassette)
  return () => {
    saves.delete(save)
    warned.delete(save)
    if (saves.size === 0) unlisten()
  }
}

function listen(): void {
  for (const signal of SIGNALS) process.on(signal, onSignal)
  process.on('beforeExit', onBeforeExit)
  process.on('exit', onExit)
}

function unlisten(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal)
  process.off('beforeExit', onBeforeExit)
  process.off('exit', onExit)
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

function onBeforeExit(): void {
  for (const message of newWarnings()) process.emitWarning(message, 'OpenaiVcrWarning')
}

/** Runs after process.exit() or an uncaught error. process.emitWarning would wait for a next tick that never comes. */
function onExit(): void {
  for (const message of newWarnings()) process.stderr.write(`openai-vcr: ${message}\n`)
}

/** Warnings for unsaved cassettes that were not shown yet. */
function newWarnings(): string[] {
  const unwarned = [...saves].filter(([save]) => !warned.has(save))
  for (const [save] of unwarned) warned.add(save)
  return unwarned.map(
    ([, cassette]) =>
      `cassette '${cassette}' was opened for recording but never closed, so nothing was saved. Open it with 'await using', or call close()`,
  )
}
