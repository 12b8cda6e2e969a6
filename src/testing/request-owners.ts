import { AsyncLocalStorage } from 'node:async_hooks'
import type { Answerer } from '../engine/exchange/answerer.ts'
import type { HttpResponse } from '../http/message.ts'
import { UsageError } from '../messages/errors.ts'
import type { Vcr } from '../vcr/vcr.ts'
import { followUndici } from './undici-context.ts'

/** A running test, or the hooks of a suite, whose requests a cassette answers. */
export interface RequestOwner {
  /** The test's or suite's name in messages. */
  readonly label: string
  readonly hosts: ReadonlySet<string>
  /** The cassette for the test's own code. */
  readonly vcr: Vcr
  /** Answers the requests of the test's clients. */
  readonly answerer: Answerer
  /** The owner for the suite around this one. */
  readonly outer?: RequestOwner | undefined
  /** Errors of requests that may be this owner's, and that no journal contains. */
  readonly unattributed: string[]
}

/**
 * The owner of requests that are made in this async context; 'nobody' in a test without a cassette.
 * A function is called for each request.
 */
const context = new AsyncLocalStorage<RequestOwner | 'nobody' | (() => RequestOwner | undefined)>()

const tests = new Set<RequestOwner>()
const suites = new Set<RequestOwner>()
const late = new WeakSet<RequestOwner>()

/** Removes the listeners that are needed while any owner runs. */
let unfollow: (() => void) | undefined

/** Runs a test. Its requests are answered until it ends. */
export function runAsTest<T>(owner: RequestOwner, body: () => Promise<T>): Promise<T> {
  return runIn(tests, owner, body)
}

/** Runs a suite. Its hooks' requests are answered in its name, and those of its tests in the tests'. */
export function runAsSuite<T>(owner: RequestOwner, body: () => Promise<T>): Promise<T> {
  return runIn(suites, owner, body)
}

/** Runs a test whose requests are left alone, while those of other tests are answered. */
export function runWithoutCassette<T>(body: () => Promise<T>): Promise<T> {
  return context.run('nobody', body)
}

/**
 * From here on, hooks that are defined in this async context run in the name of the owner that `find` returns
 * when they execute. For node:test, which runs hooks in the context of their definition.
 */
export function enterDefinitions(find: () => RequestOwner | undefined): void {
  context.enterWith(find)
}

/** The owner of the code that calls this. */
export function currentOwner(): RequestOwner | undefined {
  const owner = inContext()
  return owner === 'nobody' ? undefined : owner
}

function inContext(): RequestOwner | 'nobody' | undefined {
  const here = context.getStore()
  return typeof here === 'function' ? here() : here
}

async function runIn<T>(set: Set<RequestOwner>, owner: RequestOwner, body: () => Promise<T>): Promise<T> {
  unfollow ??= followUndici(context)
  set.add(owner)
  try {
    return await context.run(owner, body)
  } finally {
    set.delete(owner)
    if (tests.size + suites.size === 0) {
      unfollow()
      unfollow = undefined
    }
  }
}

/** Answers a request that is made in the currentOwner context; undefined lets it pass to the network. */
export function answererFor(host: string): Answerer | undefined {
  const owner = inContext()
  if (owner === 'nobody') return undefined
  if (owner === undefined) return answererWithoutContext(host)
  if (!owner.hosts.has(host)) return undefined
  if (tests.has(owner)) return answererOf(owner)
  if (suites.has(owner)) return answererOf(onlyTestIn(owner) ?? owner)
  return refuseLate(owner)
}

/** What started before the tests, such as a server, is in their suite's context, and acts for the running test. */
function onlyTestIn(suite: RequestOwner): RequestOwner | undefined {
  const own = [...tests].filter((each) => each.outer === suite)
  return own.length === 1 ? own[0] : undefined
}

/** A request that lost its context, for example in a connection pool, is attributed if only one test is running. */
function answererWithoutContext(host: string): Answerer | undefined {
  const running = [...tests].filter(({ hosts }) => hosts.has(host))
  const candidates =
    running.length > 0 ? running : innermost([...suites].filter(({ hosts }) => hosts.has(host)))
  const [first, ...others] = candidates
  if (first === undefined) return undefined
  return others.length === 0 ? answererOf(first) : refuseAmbiguous(candidates, host)
}

function innermost(all: readonly RequestOwner[]): readonly RequestOwner[] {
  return all.filter((suite) => !all.some((other) => other.outer === suite))
}

/**
 * No connection is kept alive after its response. undici waits for a `setImmediate` before it reuses one,
 * which never comes under fake timers, and a connection must not pass from one test to the next.
 */
function answererOf({ answerer }: RequestOwner): Answerer {
  return {
    ...answerer,
    handle: (request, caller) => {
      const answer = answerer.handle(request, caller)
      return answer instanceof Promise ? answer.then(closing) : closing(answer)
    },
  }
}

function closing(response: HttpResponse): HttpResponse {
  return { ...response, headers: [...response.headers, ['connection', 'close']] }
}

/** Any of the candidates may have missed an answer, so that all of them fail. */
function refuseAmbiguous(candidates: readonly RequestOwner[], host: string): Answerer {
  const message = [
    `A request to ${host} could come from any of ${candidates.length} tests that run at the same time:`,
    ...candidates.map(({ label }) => `  ${label}`).toSorted(),
    'Its sender (a connection pool with a limit, or a server or queue that was started before the tests) does not carry the context of the test that made the request. Run these tests one after the other, start the sender inside each test, or pass vcr.fetch to the client.',
  ].join('\n')
  for (const { unattributed } of candidates) unattributed.push(message)
  return refusingAnswerer(message)
}

function refuseLate(ended: RequestOwner): Answerer {
  const message = `${ended.label} has ended, but a request was made on its behalf afterwards. Await everything that the test starts, or stop it before the test ends`
  // Only a warning: the owner has its result already, and the test that runs now is not to blame.
  if (!late.has(ended)) process.emitWarning(message, 'OpenaiVcrWarning')
  late.add(ended)
  return refusingAnswerer(message)
}

function refusingAnswerer(message: string): Answerer {
  const refuse = (): Promise<never> => Promise.reject(new UsageError(message))
  return {
    mode: 'replay',
    upstream: undefined,
    hosts: [],
    redact: (text) => text,
    arrive: () => ({ order: 0, at: 0 }),
    handle: refuse,
    connect: refuse,
  }
}
