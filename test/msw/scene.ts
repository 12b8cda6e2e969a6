import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { mock } from 'node:test'
import type { AnyHandler } from 'msw'
import { setupServer } from 'msw/node'
import { type CassetteOptions, type Mode, openCassette, type Vcr } from '../../src/index.ts'
import { cutOff, listenHere } from '../support/listen.ts'

export type Version = 2 | 3

/** One case, run against one version of MSW. */
export type Case = (scene: Scene) => Promise<void>

/** What became of a request that none of a user's handlers took. */
export type Unhandled = 'bypass' | 'error'

export interface Upstream {
  readonly url: string
  /** The headers of all that it was asked. */
  readonly asked: readonly IncomingHttpHeaders[]
  /** Cuts its connections, and is gone. */
  close(): Promise<void>
}

export interface UsersServer {
  use(...handlers: AnyHandler[]): void
  resetHandlers(): void
  close(): void
  /** Every request that it heard of. */
  readonly heard: readonly string[]
  /** What it answered, read beside the client. */
  readonly answered: readonly Promise<string>[]
}

/** What a case sets up, undone in reverse when it is over. Vitest is not needed: MSW 2 has a process of its own. */
export class Scene implements AsyncDisposable {
  readonly version: Version
  readonly #undo: (() => unknown)[] = []
  #dir: Promise<string> | undefined

  constructor(version: Version) {
    this.version = version
  }

  defer(undo: () => unknown): void {
    this.#undo.push(undo)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const undo of this.#undo.splice(0).toReversed()) await undo()
  }

  get dir(): Promise<string> {
    this.#dir ??= mkdtemp(path.join(tmpdir(), 'openai-vcr-test-'))
    return this.#dir
  }

  async upstream(listener: RequestListener): Promise<Upstream> {
    const asked: IncomingHttpHeaders[] = []
    const server = createServer((req, res) => {
      asked.push(req.headers)
      listener(req, res)
    })
    const url = await listenHere(server)
    const close = (): Promise<void> => cutOff(server)
    this.defer(close)
    return { url, asked, close }
  }

  async open(mode: Mode, options: CassetteOptions = {}): Promise<Vcr> {
    const dir = await this.dir
    const vcr = await openCassette('c', { mode, dir, ...options })
    this.defer(async () => {
      await vcr.close()
      await rm(dir, { recursive: true, force: true })
    })
    return vcr
  }

  async cassetteText(): Promise<string> {
    return readFile(path.join(await this.dir, 'c.yaml'), 'utf8')
  }

  /** Runs it twice: recording, and replaying with the upstream gone, which is asked `times` altogether. */
  async recordThenReplay(
    listener: RequestListener,
    times: number,
    run: (vcr: Vcr, mode: 'record' | 'replay') => Promise<void>,
    options: CassetteOptions = {},
  ): Promise<void> {
    const upstream = await this.upstream(listener)
    for (const mode of ['record', 'replay'] as const) {
      const vcr = await this.open(mode, mode === 'record' ? { ...options, upstream: upstream.url } : options)
      await run(vcr, mode)
      await vcr.close()
      const outcome = mode === 'record' ? 'recorded' : 'hit'
      assert.deepEqual(
        vcr.journal.map((entry) => entry.outcome),
        Array.from({ length: times }, () => outcome),
      )
      await upstream.close()
    }
    assert.equal(upstream.asked.length, times)
    assert.ok(!JSON.stringify(upstream.asked).includes('msw'), 'a mark of ours came to the upstream')
    assert.ok(!(await this.cassetteText()).includes('msw'), 'a mark of ours is in the cassette')
  }

  /** What is printed as an error from now on. */
  printedErrors(): readonly unknown[][] {
    const printed: unknown[][] = []
    const mocked = mock.method(console, 'error', (...args: unknown[]) => void printed.push(args))
    this.defer(() => mocked.mock.restore())
    return printed
  }

  /** A server of the user's, listening. */
  listen(unhandled: Unhandled, ...handlers: AnyHandler[]): UsersServer {
    const server = setupServer(...handlers)
    const heard: string[] = []
    server.events.on('request:start', ({ request }) => void heard.push(request.url))
    const answered: Promise<string>[] = []
    server.events.on('response:mocked', ({ response }) => void answered.push(response.text().catch(String)))
    // The option has another name in each of the versions.
    const options = { onUnhandledFrame: unhandled, onUnhandledRequest: unhandled }
    server.listen(options)
    let isOpen = true
    const close = (): void => {
      if (isOpen) server.close()
      isOpen = false
    }
    this.defer(close)
    return {
      use: (...more) => server.use(...more),
      resetHandlers: () => server.resetHandlers(),
      close,
      heard,
      answered,
    }
  }
}
