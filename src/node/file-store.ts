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

/** Stores cassettes as files in one directory: `DIR/NAME.yaml`, with large binary bodies in `DIR/blobs/`. */
export class FileStore implements Store {
  readonly location: string
  /** The actual hash of each large blob's content, by the hash in its name. */
  readonly #contentHashes = new Map<string, Promise<string>>()

  constructor(directory: string) {
    this.location = directory
  }

  fileOf(name: string): string {
    checkName(name)
    return path.join(this.location, `${name}${SUFFIX}`)
  }

  async list(): Promise<readonly string[]> {
    const found = await this.#readIfPresent(() => readdir(this.location, { recursive: true }))
    return (found ?? [])
      .filter((file) => file.endsWith(SUFFIX) && !path.basename(file).startsWith('.'))
      .map((file) => file.slice(0, -SUFFIX.length).split(path.sep).join('/'))
      .toSorted()
  }

  read(name: string): Promise<string | undefined> {
    return this.#readIfPresent(() => readFile(this.fileOf(name), 'utf8'))
  }

  async readBlob(sha256: string): Promise<Uint8Array> {
    const bytes = await this.#readIfPresent(() => readFile(this.#blobFile(sha256)))
    if (bytes === undefined) throw this.#missingBlob(sha256)
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw this.#alteredBlob(sha256)
    return bytes
  }

  /** Checks the hash of a large blob before returning its bytes. Each store checks a blob once, as it may be read often. */
  async openBlob(sha256: string): Promise<AsyncIterable<Uint8Array>> {
    const file = this.#blobFile(sha256)
    if (!(await this.hasBlob(sha256))) throw this.#missingBlob(sha256)
    this.#contentHashes.set(sha256, this.#contentHashes.get(sha256) ?? hashOf(file))
    if ((await this.#contentHashes.get(sha256)) !== sha256) {
      this.#contentHashes.delete(sha256)
      throw this.#alteredBlob(sha256)
    }
    return chunksOf(file)
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
      throw this.#accessError('write', error)
    }
  }

  async update(name: string, change: (present: string | undefined) => Printed | undefined): Promise<void> {
    await this.#locked(name, async (file) => {
      const printed = change(await this.read(name))
      if (printed !== undefined) await this.#write(file, printed)
    })
  }

  /** Deletes a cassette's file if `shouldRemove` returns true for its current text. */
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
    // Loaded on demand: it adds process exit listeners, which a replay does not need.
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

  /** Writes blobs first, so that a cassette never refers to a missing blob. */
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

  async #readIfPresent<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error instanceof UsageError ? error : this.#accessError('read', error)
    }
  }

  #accessError(how: 'read' | 'write', error: unknown): UsageError {
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

/** In bytes. */
const BLOB_CHUNK_SIZE = 256 * 1024

/** Opens the file at the first read, so that no file stays open if the client disconnects before. */
async function* chunksOf(file: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file, { highWaterMark: BLOB_CHUNK_SIZE }) as AsyncIterable<Uint8Array>
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of chunksOf(file)) hash.update(bytes)
  return hash.digest('hex')
}

/** Locks are outside the cassette directory, so that a lock left by a crash is never committed. */
function lockFileOf(file: string): string {
  const name = createHash('sha256').update(path.resolve(file)).digest('hex').slice(0, 32)
  return path.join(tmpdir(), `openai-vcr-${name}.lock`)
}
