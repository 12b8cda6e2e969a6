import { createHash } from 'node:crypto'
import type { BlobBody } from '../../cassette/cassette.ts'
import type { LargeBody } from '../../http/large.ts'
import type { Redactor } from '../../redact/redactor.ts'
import type { WindowCleaner } from '../../redact/windows.ts'
import type { Scratch, ScratchFile } from '../ports.ts'

/** Large content that is not yet in a file of the cassette's: what requests and answers of this run held. */
export class HeldBlobs {
  readonly #scratch: Scratch
  readonly #redactor: Redactor
  readonly #keeps: boolean
  readonly #files = new Map<string, ScratchFile>()
  readonly #leaking = new Set<string>()

  /** @param keeps false where nothing is recorded, and a hash is all that is wanted of it */
  constructor(scratch: Scratch, redactor: Redactor, keeps: boolean) {
    this.#scratch = scratch
    this.#redactor = redactor
    this.#keeps = keeps
  }

  /** Takes in content as it comes. */
  open(): LargeContent {
    return new LargeContent(this.#redactor, this.#keeps ? this.#scratch.create() : undefined, (taken) =>
      this.#take(taken),
    )
  }

  get(sha256: string): LargeBody | undefined {
    return this.#files.get(sha256)
  }

  /** Whether a secret was found there that could not be taken out. */
  leaks(sha256: string): boolean {
    return this.#leaking.has(sha256)
  }

  #take({ body: { sha256 }, file, leaks }: Taken): void {
    if (leaks) this.#leaking.add(sha256)
    if (file === undefined) return
    if (leaks || this.#files.has(sha256)) file.drop()
    else this.#files.set(sha256, file)
  }
}

interface Taken {
  readonly body: BlobBody
  readonly file: ScratchFile | undefined
  readonly leaks: boolean
}

/** Content too large to be held: secrets are taken out, and it is hashed and put aside. */
export class LargeContent {
  readonly #cleaner: WindowCleaner
  readonly #hash = createHash('sha256')
  readonly #file: ScratchFile | undefined
  readonly #take: (taken: Taken) => void
  #size = 0

  constructor(redactor: Redactor, file: ScratchFile | undefined, take: (taken: Taken) => void) {
    this.#cleaner = redactor.windows()
    this.#file = file
    this.#take = take
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (const clean of this.#cleaner.push(bytes)) await this.#put(clean)
  }

  async end(): Promise<BlobBody> {
    for (const clean of this.#cleaner.end()) await this.#put(clean)
    const body = { kind: 'blob' as const, sha256: this.#hash.digest('hex'), size: this.#size }
    this.#take({ body, file: this.#file, leaks: this.#cleaner.leaks })
    return body
  }

  async #put(clean: Uint8Array): Promise<void> {
    this.#hash.update(clean)
    this.#size += clean.length
    await this.#file?.write(clean)
  }
}
