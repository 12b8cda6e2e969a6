import { print, say, type World } from './world.ts'

/** The progress of a run, on stderr. */
export interface Progress {
  /** So many more requests are done. */
  advance(requests: number, what: string): void
  /** Prints a message above the bar. */
  say(message: string): void
  /** Prints data to stdout; on a terminal, once the bar is gone. */
  print(text: string): void
  end(): void
}

/** Shows a bar on a terminal, and only messages elsewhere. */
export async function progressOf(world: World, total: number): Promise<Progress> {
  const { stderr } = world
  if (!stderr.isTTY || total === 0)
    return {
      advance: () => {},
      say: (message) => say(world, message),
      print: (text) => print(world, text),
      end: () => {},
    }
  // Most runs have no terminal, and need not load it.
  const { default: cliProgress } = await import('cli-progress')
  const bars = new cliProgress.MultiBar({
    stream: stderr,
    format: ' {bar} {value} of {total} requests · {what}',
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false,
  })
  const held: string[] = []
  const bar = bars.create(total, 0, { what: '' })
  return {
    advance: (requests, what) => bar.increment(requests, { what }),
    say: (message) => {
      bars.log(`openai-vcr: ${message}\n`)
      bars.update()
    },
    print: (text) => held.push(text),
    end: () => {
      bars.stop()
      for (const text of held.splice(0)) print(world, text)
    },
  }
}
