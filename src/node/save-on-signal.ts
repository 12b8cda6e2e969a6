const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** What is to be saved, with the cassette's name. */
const saves = new Map<() => Promise<unknown>, string>()

/** Those of them that the user was warned of. */
const warned = new Set<() => Promise<unknown>>()

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
    warned.delete(save)
    if (saves.size === 0) unlisten()
  }
}

function listen(): void {
  for (const signal of SIGNALS) process.on(signal, onSignal)
  process.on('beforeExit', onForgotten)
  process.on('exit', onExit)
}

function unlisten(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal)
  process.off('beforeExit', onForgotten)
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

function onForgotten(): void {
  for (const message of forgotten()) process.emitWarning(message, 'OpenaiVcrWarning')
}

/** After process.exit() or an error that nobody caught. It is too late for warnings, which are told in the next tick. */
function onExit(): void {
  for (const message of forgotten()) process.stderr.write(`openai-vcr: ${message}\n`)
}

function forgotten(): string[] {
  const untold = [...saves].filter(([save]) => !warned.has(save))
  for (const [save] of untold) warned.add(save)
  return untold.map(
    ([, cassette]) =>
      `cassette '${cassette}' was opened to record and never closed: nothing is written. Open it by 'await using', or call close()`,
  )
}
