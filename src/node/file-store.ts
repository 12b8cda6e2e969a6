import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, constants, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { CassetteError, UsageError } from '../messages/errors.ts'
import type { Printed, Store } from '../engine/ports.ts'
import { writeAtomically } from './atomic-write.ts'
import { checkName } from './cassette-name.ts'

const SUFFIX = '.yaml'
const BLOBS = 'blobs'

/** Cassettes as files under one directory: `DIR/NAME.yaml`, large binary bodies in `DIR/blobs/`. */
export class FileStore implements Store {
  readonly location: string
  /** What large blobs were found to hold. */
  readonly #checked = new Map<string, Promise<string>>()

  constructor(directory: string) {
    this.location = directory
  }

  fileOf(name: string): string {
    checkName(name)
    return path.join(this.location, `${name}${SUFFIX}`)
  }

  async list(): Promise<readonly string[]> {
    const found = await this.#reading(() => readdir(this.location, { recursive: true }))
    return (found ?? [])
      .filter((file) => file.endsWith(SUFFIX) && !path.basename(file).startsWith('.'))
      .map((file) => file.slice(0, -SUFFIX.length).split(path.sep).join('/'))
      .toSorted()
  }

  read(name: string): Promise<string | undefined> {
    return this.#reading(() => readFile(this.fileOf(name), 'utf8'))
  }

  async readBlob(sha256: string): Promise<Uint8Array> {
    const bytes = await this.#reading(() => readFile(this.#blobFile(sha256)))
    if (bytes === undefined) throw this.#gone(sha256)
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw this.#altered(sha256)
    return bytes
  }

  /** It is looked through before the first of it is handed out: once for each store, as it may well be asked for often. */
  async openBlob(sha256: string): Promise<AsyncIterable<Uint8Array>> {
    const file = this.#blobFile(sha256)
    if (!(await this.hasBlob(sha256))) throw this.#gone(sha256)
    this.#checked.set(sha256, this.#checked.get(sha256) ?? hashOf(file))
    if ((await this.#checked.get(sha256)) !== sha256) {
      this.#checked.delete(sha256)
      throw this.#altered(sha256)
    }
    return piecesOf(file)
  }

  async hasBlob(sha256: string): Promise<boolean> {
    return access(this.#blobFile(sha256)).then(
      () => true,
      () => false,
    )
  }

  async ensureWritable(): Promise<void> {
    try {
      await mkdir(this.location, { recursive: true })
      await access(this.location, constants.W_OK | constants.X_OK)
    } catch (error) {
      throw this.#unusable('written', error)
    }
  }

  async update(name: string, change: (present: string | undefined) => Printed | undefined): Promise<void> {
    await this.#locked(name, async (file) => {
      const printed = change(await this.read(name))
      if (printed !== undefined) await this.#write(file, printed)
    })
  }

  /** Deletes a cassette's file if its present text is to go; a missing one is gone already. */
  async remove(name: string, isToGo: (present: string) => boolean): Promise<void> {
    await this.#locked(name, async (file) => {
      const present = await this.read(name)
      if (present !== undefined && isToGo(present)) await rm(file, { force: true })
    })
  }

  async removeBlob(sha256: string): Promise<void> {
    await rm(this.#blobFile(sha256), { force: true })
  }

  /** Keeps other processes out of a cassette meanwhile. */
  async #locked(name: string, work: (file: string) => Promise<void>): Promise<void> {
    await this.ensureWritable()
    const file = this.fileOf(name)
    // Loaded only here: it listens for the process's exit, which a replay has no need of.
    const { lock } = await import('proper-lockfile')
    const release = await lock(file, {
      realpath: false,
      lockfilePath: lockFileOf(file),
      retries: { retries: 100, minTimeout: 20, maxTimeout: 200 },
    })
    try {
      await work(file)
    } finally {
      await release()
    }
  }

  async rescue(name: string, printed: Printed): Promise<string> {
    const directory = await mkdtemp(path.join(tmpdir(), 'openai-vcr-'))
    const store = new FileStore(directory)
    await store.#write(store.fileOf(name), printed)
    return store.fileOf(name)
  }

  /** Blobs first: a cassette never names one that is not there. */
  async #write(file: string, printed: Printed): Promise<void> {
    for (const [sha256, body] of printed.blobs) {
      if (await this.hasBlob(sha256)) continue
      await writeAtomically(this.#blobFile(sha256), ArrayBuffer.isView(body) ? body : body.read())
    }
    await writeAtomically(file, printed.text)
  }

  #gone(sha256: string): CassetteError {
    return new CassetteError(`${this.#blobFile(sha256)} is gone; restore it, or record again`)
  }

  #altered(sha256: string): CassetteError {
    const file = this.#blobFile(sha256)
    return new CassetteError(`${file} does not hold what its name says; restore it, or record again`)
  }

  #blobFile(sha256: string): string {
    return path.join(this.location, BLOBS, `${sha256}.bin`)
  }

  async #reading<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error instanceof UsageError ? error : this.#unusable('read', error)
    }
  }

  #unusable(how: 'read' | 'written', error: unknown): UsageError {
    const { path: place, code, message } = error as NodeJS.ErrnoException
    const why =
      {
        EACCES: 'permission denied',
        ENOTDIR: place === this.location ? 'it is no directory' : 'a part of its path is no directory',
        EEXIST: 'it is no directory',
        EROFS: 'the file system is read-only',
      }[code ?? ''] ?? message
    return new UsageError(
      `${place ?? this.location} cannot be ${how}: ${why}. Choose another cassette directory (the option dir, --cassettes or OPENAI_VCR_CASSETTES), or make this one usable.`,
      { cause: error },
    )
  }
}

/** Read at once of a large blob, in bytes. */
const PIECE = 256 * 1024

/** Opened once it is read: a client that leaves before that leaves no open file behind. */
async function* piecesOf(file: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file, { highWaterMark: PIECE }) as AsyncIterable<Uint8Array>
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of piecesOf(file)) hash.update(bytes)
  return hash.digest('hex')
}

/** Locks stand outside the cassette directory: one that a crash leaves behind is never committed. */
function lockFileOf(file: string): string {
  const name = createHash('sha256').update(path.resolve(file)).digest('hex').slice(0, 32)
  return path.join(tmpdir(), `openai-vcr-${name}.lock`)
}
