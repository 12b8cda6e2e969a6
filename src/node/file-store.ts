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

/** Cassettes as files in one directory: `DIR/NAME.yaml`, with large binary bodies in `DIR/blobs/`. */
export class FileStore implements Store {
  readonly location: string
  /** The hashes of large blobs' contents, by the hash in their name. */
  readonly #contentHashes = new Map<string, Promise<string>>()

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
    if (bytes === undefined) throw this.#missingBlob(sha256)
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw this.#alteredBlob(sha256)
    return bytes
  }

  /** A large blob is hashed before its first bytes are given out; once for each store, as it may be read often. */
  async openBlob(sha256: string): Promise<AsyncIterable<Uint8Array>> {
    const file = this.#blobFile(sha256)
    if (!(await this.hasBlob(sha256))) throw this.#missingBlob(sha256)
    this.#contentHashes.set(sha256, this.#contentHashes.get(sha256) ?? hashOf(file))
    if ((await this.#contentHashes.get(sha256)) !== sha256) {
      this.#contentHashes.delete(sha256)
      throw this.#alteredBlob(sha256)
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
      throw this.#unusable('write', error)
    }
  }

  async update(name: string, change: (present: string | undefined) => Printed | undefined): Promise<void> {
    await this.#locked(name, async (file) => {
      const printed = change(await this.read(name))
      if (printed !== undefined) await this.#write(file, printed)
    })
  }

  /** Deletes a cassette's file if `shouldRemove` agrees to its present text. */
  async remove(name: string, shouldRemove: (present: string) => boolean): Promise<void> {
    await this.#locked(name, async (file) => {
      const present = await this.read(name)
      if (present !== undefined && shouldRemove(present)) await rm(file, { force: true })
    })
  }

  async removeBlob(sha256: string): Promise<void> {
    await rm(this.#blobFile(sha256), { force: true })
  }

  /** Locks a cassette against other processes while `work` runs. */
  async #locked(name: string, work: (file: string) => Promise<void>): Promise<void> {
    await this.ensureWritable()
    const file = this.fileOf(name)
    // Loaded late: it adds listeners for the process's exit, which a replay does not need.
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

  /** Blobs are written first, so that a cassette never names one that does not exist. */
  async #write(file: string, printed: Printed): Promise<void> {
    for (const [sha256, body] of printed.blobs) {
      if (await this.hasBlob(sha256)) continue
      await writeAtomically(this.#blobFile(sha256), ArrayBuffer.isView(body) ? body : body.read())
    }
    await writeAtomically(file, printed.text)
  }

  #missingBlob(sha256: string): CassetteError {
    return new CassetteError(`${this.#blobFile(sha256)} is missing; restore it, or record again`)
  }

  #alteredBlob(sha256: string): CassetteError {
    const file = this.#blobFile(sha256)
    return new CassetteError(
      `the content of ${file} does not match the hash in its name; restore it, or record again`,
    )
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

  #unusable(how: 'read' | 'write', error: unknown): UsageError {
    const { path: place, code, message } = error as NodeJS.ErrnoException
    const why =
      {
        EACCES: 'permission denied',
        ENOTDIR: place === this.location ? 'it is not a directory' : 'a part of its path is not a directory',
        EEXIST: 'it is not a directory',
        EROFS: 'the file system is read-only',
      }[code ?? ''] ?? message
    return new UsageError(
      `cannot ${how} ${place ?? this.location}: ${why}. Choose another cassette directory (the option dir, --cassettes or OPENAI_VCR_CASSETTES), or make this one usable.`,
      { cause: error },
    )
  }
}

/** How much of a large blob is read at once, in bytes. */
const READ_SIZE = 256 * 1024

/** Opens the file when the first piece is read, so that a client that leaves before leaves no open file behind. */
async function* piecesOf(file: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file, { highWaterMark: READ_SIZE }) as AsyncIterable<Uint8Array>
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of piecesOf(file)) hash.update(bytes)
  return hash.digest('hex')
}

/** Locks are outside the cassette directory, so that one left behind by a crash is never committed. */
function lockFileOf(file: string): string {
  const name = createHash('sha256').update(path.resolve(file)).digest('hex').slice(0, 32)
  return path.join(tmpdir(), `openai-vcr-${name}.lock`)
}
