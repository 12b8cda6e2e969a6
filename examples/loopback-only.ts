/**
 * No network but this machine: any connection that is not loopback is refused, and fails the run
 * even where the code under test swallowed the error. A setup file of vitest
 * (`setupFiles: ['../loopback-only.ts']`), or `node --import ./examples/loopback-only.ts`.
 *
 * It stands beneath MSW and nock: what they answer never comes here. It stands aside when a mode
 * that asks the upstream is to ask the real API.
 */
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { isIP } from 'node:net'

/** Where Node hands an address to the system; returns 0, or the negative number of an error. */
type Handle = Record<string, (...args: unknown[]) => number>
type Bindings = NodeJS.Process & {
  binding(name: 'tcp_wrap'): { readonly TCP: { readonly prototype: Handle } }
  binding(name: 'udp_wrap'): { readonly UDP: { readonly prototype: Handle } }
}
type Lookups = Record<string, unknown>
type Callback = (error: Error) => void

const REPLAYS = ['', 'replay', 'none', 'playback']
const PERMISSION_DENIED = -13

/** One guard a process: vitest may load this file once for each test file. */
const shared = globalThis as { [GUARD]?: Guard }
const GUARD = Symbol.for('openai-vcr.examples.loopback-only')

interface Guard {
  /** What was refused and is not told yet. */
  readonly refused: Error[]
  /** Whether a hook is still to come that tells. */
  isAwaited: boolean
}

if (!asksTheRealApi(process.env)) {
  shared[GUARD] ??= raise()
  if (process.env['VITEST'] !== undefined) await failTests(shared[GUARD])
}

function asksTheRealApi(env: NodeJS.ProcessEnv): boolean {
  const mode = env['OPENAI_VCR_MODE'] || (env['USE_REAL_OPENAI'] === 'true' ? 'live' : 'replay')
  const upstream = env['OPENAI_VCR_UPSTREAM'] || 'https://api.openai.com'
  return !REPLAYS.includes(mode) && !isLoopback(new URL(upstream).hostname.replace(/^\[|\]$/g, ''))
}

function raise(): Guard {
  const guard: Guard = { refused: [], isAwaited: false }
  const refuse = (what: string): Error => {
    const error = new Error(`${what} was refused: only this machine may be asked (examples/loopback-only.ts)`)
    guard.refused.push(error)
    // Nobody may swallow it: with no hook to come it is an unhandled rejection, which fails vitest and node.
    if (!guard.isAwaited) void Promise.reject(error)
    return error
  }
  refuseAddresses(refuse)
  refuseNames(refuse)
  return guard
}

/** The test in which, or after which, something was refused fails; what comes after the last one fails the run. */
async function failTests(guard: Guard): Promise<void> {
  const { afterAll, afterEach } = await import('vitest')
  const tell = (): void => {
    const [first, ...others] = guard.refused.splice(0)
    if (first === undefined) return
    throw others.length === 0 ? first : new AggregateError([first, ...others], first.message)
  }
  guard.isAwaited = true
  afterEach(tell)
  afterAll(() => {
    guard.isAwaited = false
    tell()
  })
}

/** Every client of TCP and UDP comes by here in the end: net, tls, http, http2, fetch, undici, WebSocket, dgram. */
function refuseAddresses(refuse: (what: string) => Error): void {
  const { binding } = process as Bindings
  const guarded = (
    handle: Handle,
    method: string,
    addressOf: (args: unknown[]) => unknown,
    word: string,
  ): void => {
    const real = handle[method]
    if (real === undefined) throw new Error(`This version of Node has no ${method} to guard`)
    handle[method] = function (this: unknown, ...args) {
      const address = addressOf(args)
      if (typeof address !== 'string' || isLoopback(address)) return real.apply(this, args)
      refuse(`${word} ${address}`)
      return PERMISSION_DENIED
    }
  }
  const tcp = binding('tcp_wrap').TCP.prototype
  const udp = binding('udp_wrap').UDP.prototype
  for (const suffix of ['', '6']) {
    guarded(tcp, `connect${suffix}`, ([, address]) => address, 'A connection to')
    guarded(udp, `connect${suffix}`, ([address]) => address, 'A UDP connection to')
    guarded(udp, `send${suffix}`, ([, , , , address]) => address, 'A UDP packet to')
  }
}

/** Names are looked up outside of this machine too. */
function refuseNames(refuse: (what: string) => Error): void {
  const guard = (lookups: Lookups, isPromised: boolean): void => {
    for (const method of Object.getOwnPropertyNames(lookups)) {
      const real = lookups[method]
      if (!/^(?:lookup|resolve|reverse)/.test(method) || typeof real !== 'function') continue
      lookups[method] = function (this: unknown, ...args: unknown[]): unknown {
        const name = args[0]
        if (typeof name !== 'string' || isLoopback(name) || (method === 'lookup' && isIP(name) !== 0))
          return Reflect.apply(real, this, args)
        const error = Object.assign(refuse(`dns.${method} of ${name}`), { code: 'ENOTFOUND', hostname: name })
        if (isPromised) return Promise.reject(error)
        process.nextTick(args.at(-1) as Callback, error)
        return {}
      }
    }
  }
  guard(dns as unknown as Lookups, false)
  guard(dns.Resolver.prototype as unknown as Lookups, false)
  guard(dns.promises as unknown as Lookups, true)
  guard(dns.promises.Resolver.prototype as unknown as Lookups, true)
  syncBuiltinESMExports()
}

function isLoopback(host: string): boolean {
  return /^(?:127\.[\d.]+|::1|::ffff:127\.[\d.]+|(?:[\w-]+\.)*localhost\.?|0\.0\.0\.0|::)$/i.test(host)
}
