import { AsyncLocalStorage } from 'node:async_hooks'
import type { InterceptAnswerer } from '../adapters/intercept/answer-request.ts'
import { UsageError } from '../messages/errors.ts'
import type { Vcr } from '../vcr/vcr.ts'
import { followUndici } from './undici-context.ts'

/** A test, or the hooks of a suite, whose requests a cassette answers. */
export interface Runner {
  /** As messages name it. */
  readonly label: string
  readonly hosts: ReadonlySet<string>
  /** The cassette as its own code sees it. */
  readonly vcr: Vcr
  /** What answers the requests of its clients. */
  readonly answerer: Pick<Vcr, 'handle' | 'connect'>
  /** For a suite: what stands around it. */
  readonly outer?: Runner | undefined
  /** What went wrong with its requests that no journal tells. */
  readonly complaints: string[]
}

/** Says in whose name a request is made: nobody's, in a test that has no cassette. A function finds out when it is made. */
const context = new AsyncLocalStorage<Runner | 'nobody' | (() => Runner | undefined)>()

const tests = new Set<Runner>()
const suites = new Set<Runner>()
const late = new WeakSet<Runner>()

/** Ends what is needed while any of them runs. */
let unfollow: (() => void) | undefined

/** Runs a test, whose requests are answered until it ends. */
export function runAsTest<T>(runner: Runner, body: () => Promise<T>): Promise<T> {
  return runIn(tests, runner, body)
}

/** Runs a suite: what its hooks ask is answered; its tests, run as such in it, come before it. */
export function runAsSuite<T>(runner: Runner, body: () => Promise<T>): Promise<T> {
  return runIn(suites, runner, body)
}

/** Runs what is to be left alone, beside tests whose requests are answered. */
export function runAside<T>(body: () => Promise<T>): Promise<T> {
  return context.run('nobody', body)
}

/**
 * What is defined from here on in this async context, and is no test that is run as such, runs in the name of
 * what is found by then. For runners that keep the context in which a hook was defined.
 */
export function enterDefinitions(find: () => Runner | undefined): void {
  context.enterWith(find)
}

/** Whose code this is called from. */
export function current(): Runner | undefined {
  const runner = inContext()
  return runner === 'nobody' ? undefined : runner
}

function inContext(): Runner | 'nobody' | undefined {
  const here = context.getStore()
  return typeof here === 'function' ? here() : here
}

async function runIn<T>(set: Set<Runner>, runner: Runner, body: () => Promise<T>): Promise<T> {
  unfollow ??= followUndici(context)
  set.add(runner)
  try {
    return await context.run(runner, body)
  } finally {
    set.delete(runner)
    if (tests.size + suites.size === 0) {
      unfollow()
      unfollow = undefined
    }
  }
}

/** What answers a request that is made here and now; undefined when it is to pass. */
export function answererOf(host: string): InterceptAnswerer | undefined {
  const asking = inContext()
  if (asking === 'nobody') return undefined
  if (asking === undefined) return answererOfLost(host)
  if (!asking.hosts.has(host)) return undefined
  if (tests.has(asking)) return answering(asking)
  if (suites.has(asking)) return answering(onlyTestIn(asking) ?? asking)
  return refuseLate(asking)
}

/** What was started before the tests, a server for one, has their suite's context: it works for the one that runs. */
function onlyTestIn(suite: Runner): Runner | undefined {
  const own = [...tests].filter((each) => each.outer === suite)
  return own.length === 1 ? own[0] : undefined
}

/** A request whose context was lost on its way, through a pool of connections for one, is the only running test's. */
function answererOfLost(host: string): InterceptAnswerer | undefined {
  const running = [...tests].filter(({ hosts }) => hosts.has(host))
  const candidates =
    running.length > 0 ? running : innermost([...suites].filter(({ hosts }) => hosts.has(host)))
  const [first, ...others] = candidates
  if (first === undefined) return undefined
  return others.length === 0 ? answering(first) : refuseUnclear(candidates, host)
}

function innermost(all: readonly Runner[]): readonly Runner[] {
  return all.filter((suite) => !all.some((other) => other.outer === suite))
}

/**
 * No connection outlives its answer: undici waits for a `setImmediate` before it uses one again,
 * which under fake timers never comes, and a test would leave its own to the next.
 */
function answering({ vcr, answerer }: Runner): InterceptAnswerer {
  return {
    mode: vcr.mode,
    handle: async (request) => {
      const response = await answerer.handle(request)
      response.headers.set('connection', 'close')
      return response
    },
    connect: (...asked) => answerer.connect(...asked),
  }
}

/** None of them can be sure to have had its answers, so that all of them hear of it. */
function refuseUnclear(candidates: readonly Runner[], host: string): InterceptAnswerer {
  const message = [
    `A request to ${host} could be from any of ${candidates.length} tests that run at once:`,
    ...candidates.map(({ label }) => `  ${label}`).toSorted(),
    'Whatever sends it (a connection pool with a limit, a server or a queue that was started before the tests) does not carry the context of the test that asked. Run these tests one after the other, start it inside each test, or give the client vcr.fetch.',
  ].join('\n')
  for (const { complaints } of candidates) complaints.push(message)
  return refusing(message)
}

function refuseLate(ended: Runner): InterceptAnswerer {
  const message = `${ended.label} has ended; this request was made in its name afterwards. Await all that it starts, or stop it before the test ends`
  // Its own verdict is spoken, and the test that runs now has no part in it.
  if (!late.has(ended)) process.emitWarning(message, 'OpenaiVcrWarning')
  late.add(ended)
  return refusing(message)
}

function refusing(message: string): InterceptAnswerer {
  const refuse = (): Promise<never> => Promise.reject(new UsageError(message))
  return { handle: refuse, connect: refuse }
}
