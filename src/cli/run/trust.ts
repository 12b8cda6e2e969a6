import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import type { Env } from '../../engine/modes.ts'
import { UsageError } from '../../messages/errors.ts'

export interface Trust {
  /** To add to the command's environment. */
  readonly env: Readonly<Record<string, string>>
  /** Removes the files that `env` names. */
  remove(): Promise<void>
}

/**
 * Makes a command trust one more certificate. Node adds those in NODE_EXTRA_CA_CERTS to its own. OpenSSL, and with
 * it Python, Ruby, Go and curl, trusts only what is in SSL_CERT_FILE, so that file has to hold all.
 * @param certificate a PEM file
 * @throws UsageError if a file that the environment names cannot be read
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
    throw new UsageError(
      `cannot read the file that ${name} names: ${why}. Correct the path, or unset ${name}.`,
      {
        cause: error,
      },
    )
  }
}

/** Mozilla's list, which comes with Node, plus what Node's flags and NODE_EXTRA_CA_CERTS add. */
function knownToNode(): readonly string[] {
  return tls.getCACertificates('default')
}
