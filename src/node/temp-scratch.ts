import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { UsageError } from '../messages/errors.ts'
import type { Scratch, ScratchFile } from '../engine/ports.ts'

/**
 * Keeps large bodies in files in the system's temporary directory. Bodies may contain secrets, which must not reach
 * the disk, so the files are encrypted with keys that exist only in this process. Files are unlinked as soon as they
 * are open, so that a crash leaves nothing behind.
 */
export class TempScratch implements Scratch {
  readonly #files = new Set<TempFile>()

  create(): ScratchFile {
    const file = new TempFile(() => this.#files.delete(file))
    this.#files.add(file)
    return file
  }

  close(): void {
    for (const file of this.#files) file.drop()
  }
}

const CIPHER = 'aes-256-ctr'
/**
 * In bytes. With larger chunks, an upstream that responds early and closes the connection looks as if it had broken the
 * connection, because the response is not read in time.
 */
const CHUNK_SIZE = 64 * 1024

class TempFile implements ScratchFile {
  readonly #key = randomBytes(32)
  readonly #iv = randomBytes(16)
  readonly #cipher = createCipheriv(CIPHER, this.#key, this.#iv)
  readonly #onDrop: () => void
  #handle: Promise<FileHandle> | undefined
  #size = 0
  #readers = 0
  #dropped = false

  constructor(onDrop: () => void) {
    this.#onDrop = onDrop
  }

  get size(): number {
    return this.#size
  }

  async write(bytes: Uint8Array): Promise<void> {
    const at = this.#size
    this.#size += bytes.length
    const encrypted = this.#cipher.update(bytes)
    const handle = await this.#open()
    try {
      for (let done = 0; done < encrypted.length;)
        done += (await handle.write(encrypted, done, encrypted.length - done, at + done)).bytesWritten
    } catch (error) {
      throw scratchError(error)
    }
  }

  async *read(): AsyncGenerator<Uint8Array> {
    this.#readers++
    try {
      const handle = await this.#open()
      const decipher = createDecipheriv(CIPHER, this.#key, this.#iv)
      const buffer = Buffer.allocUnsafe(CHUNK_SIZE)
      for (let at = 0; at < this.#size;) {
        const { bytesRead } = await handle.read(buffer, 0, CHUNK_SIZE, at)
        if (bytesRead === 0) throw new UsageError(`a temporary file in ${tmpdir()} was truncated`)
        at += bytesRead
        yield decipher.update(buffer.subarray(0, bytesRead))
      }
    } finally {
      this.#readers--
      this.#closeIfDone()
    }
  }

  drop(): void {
    this.#dropped = true
    this.#onDrop()
    this.#closeIfDone()
  }

  #open(): Promise<FileHandle> {
    this.#handle ??= openUnlinked()
    return this.#handle
  }

  #closeIfDone(): void {
    if (!this.#dropped || this.#readers > 0) return
    const handle = this.#handle
    this.#handle = undefined
    // There is nothing to clean up for a file that could not be opened or closed.
    handle?.then((opened) => opened.close()).catch(() => {})
  }
}

async function openUnlinked(): Promise<FileHandle> {
  const file = path.join(tmpdir(), `openai-vcr-${randomUUID()}.tmp`)
  try {
    const handle = await open(file, 'wx+', 0o600)
    // On Windows, the file only disappears once it is closed.
    await rm(file, { force: true })
    return handle
  } catch (error) {
    throw scratchError(error)
  }
}

function scratchError(error: unknown): UsageError {
  const { message } = error as Error
  return new UsageError(
    `cannot store a large body in ${tmpdir()}: ${message}. Free some space there, or set TMPDIR to another directory.`,
    { cause: error },
  )
}
