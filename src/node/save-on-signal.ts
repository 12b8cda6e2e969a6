const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** The pending saves, with their cassettes' names. */
const saves = new Map<() => Promise<unknown>, string>()

/** The saves about which the user was warned. */
const warned = new Set<() => Promise<unknown>>()

/**
 * Saves when SIGINT or SIGTERM arrives, and then lets the signal end the process unless other code listens to
 * it. If the process ends by itself with something unsaved, it only warns: whether the run succeeded is unknown.
 * @returns a function that cancels it
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

/** After process.exit() or an uncaught error. Warnings are emitted in the next tick, which never comes. */
function onExit(): void {
  for (const message of newWarnings()) process.stderr.write(`openai-vcr: ${message}\n`)
}

/** Messages about unsaved cassettes for which there was no warning yet. */
function newWarnings(): string[] {
  const unwarned = [...saves].filter(([save]) => !warned.has(save))
  for (const [save] of unwarned) warned.add(save)
  return unwarned.map(
    ([, cassette]) =>
      `cassette '${cassette}' was opened for recording but never closed, so nothing was saved. Open it with 'await using', or call close()`,
  )
}
