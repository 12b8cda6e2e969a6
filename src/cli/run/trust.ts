import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import type { Env } from '../../engine/modes.ts'
import { UsageError } from '../../messages/errors.ts'

export interface Trust {
  /** For the command's environment. */
  readonly env: Readonly<Record<string, string>>
  /** Removes the files that it names. */
  remove(): Promise<void>
}

/**
 * Has a command trust a certificate beside all that it trusts without us. Node adds what is in
 * NODE_EXTRA_CA_CERTS to its own; to OpenSSL, and so to Python, Ruby, Go and curl, SSL_CERT_FILE is
 * all that there is.
 * @param certificate a PEM file
 * @throws UsageError for a file of the environment's that cannot be read
 */
export async function trusting(certificate: string, env: Env): Promise<Trust> {
  const [ours, extra, all] = await Promise.all([
    readFile(certificate, 'utf8'),
    read('NODE_EXTRA_CA_CERTS', env),
    read('SSL_CERT_FILE', env),
  ])
  const folder = await mkdtemp(path.join(tmpdir(), 'openai-vcr-trust-'))
  const write = async (name: string, ...pems: readonly string[]): Promise<string> => {
    const file = path.join(folder, name)
    await writeFile(file, pems.map((pem) => `${pem.trim()}\n`).join(''))
    return file
  }
  return {
    env: {
      NODE_EXTRA_CA_CERTS: extra === undefined ? certificate : await write('extra.pem', extra, ours),
      SSL_CERT_FILE: await write('all.pem', ...(all === undefined ? knownToNode() : [all]), ours),
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

async function read(name: string, env: Env): Promise<string | undefined> {
  const file = env[name]
  if (file === undefined || file === '') return undefined
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${name} names a file that cannot be read: ${why}. Correct it, or unset it.`, {
      cause: error,
    })
  }
}

/** Node's own list, which is Mozilla's, with what its flags and NODE_EXTRA_CA_CERTS add. */
function knownToNode(): readonly string[] {
  return tls.getCACertificates('default')
}
