import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createSecureContext } from 'node:tls'
import { isPlainObject, object } from '../json/input/object.ts'
import { BOOLEAN, either, type Shape, someString } from '../json/input/shape.ts'
import { UsageError } from '../messages/errors.ts'

/** True for a certificate that is created at startup, an object for your own PEM files, false for no TLS. */
export type TlsOptions = boolean | OwnCertificate

interface OwnCertificate {
  readonly cert: string
  readonly key: string
}

const OWN_CERTIFICATE = object<OwnCertificate>(
  "an object, such as { cert: 'certificate.pem', key: 'key.pem' }",
  {
    cert: someString("the name of a PEM file, such as 'certificate.pem'"),
    key: someString("the name of a PEM file, such as 'key.pem'"),
  },
)

export const TLS: Shape<TlsOptions> = either<TlsOptions>(
  "true, or an object with PEM files, such as { cert: 'certificate.pem', key: 'key.pem' }",
  [BOOLEAN, OWN_CERTIFICATE],
  (value) => (typeof value === 'boolean' ? BOOLEAN : isPlainObject(value) ? OWN_CERTIFICATE : undefined),
)

export interface Certificate {
  readonly cert: string
  readonly key: string
  /** The PEM file that clients have to trust. */
  readonly file: string
  /** Removes the created certificate; does nothing for your own files. */
  remove(): Promise<void>
}

/**
 * The server's certificate; undefined without TLS.
 * @throws UsageError for a file that cannot be read or that contains no certificate
 */
export async function certificateFor(
  tls: TlsOptions | undefined,
  host: string,
): Promise<Certificate | undefined> {
  if (tls === undefined || tls === false) return undefined
  return tls === true ? createCertificate(host) : readCertificate(tls)
}

async function readCertificate({ cert, key }: OwnCertificate): Promise<Certificate> {
  const pems = { cert: await read(cert, '--tls-cert'), key: await read(key, '--tls-key') }
  try {
    createSecureContext(pems)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${cert} and ${key} are not a certificate and its key in PEM format: ${why}`, {
      cause: error,
    })
  }
  return { ...pems, file: cert, remove: async () => {} }
}

async function read(file: string, flag: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`cannot read ${flag}: ${why}`, { cause: error })
  }
}

/** Long enough for any run of the server. */
const DAYS_VALID = 30

async function createCertificate(host: string): Promise<Certificate> {
  // Loaded on demand, as it takes as long to load as the rest of the server.
  const { generate } = await import('selfsigned')
  const now = Date.now()
  // A unique name: of two trusted certificates with the same name, OpenSSL tries only the first.
  const name = `openai-vcr ${randomUUID()}`
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY),
    notAfterDate: new Date(now + DAYS_VALID * DAY),
    extensions: [
      // The certificate can only sign itself.
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: ['localhost', '127.0.0.1', '::1', host].filter(isFirst).map(altName),
      },
    ],
  })
  const folder = await mkdtemp(path.join(tmpdir(), 'openai-vcr-tls-'))
  const file = path.join(folder, 'certificate.pem')
  await writeFile(file, cert)
  return { cert, key, file, remove: () => rm(folder, { recursive: true, force: true }) }
}

const DAY = 86_400_000

function isFirst(name: string, at: number, all: readonly string[]): boolean {
  return all.indexOf(name) === at
}

function altName(name: string): { type: 2; value: string } | { type: 7; ip: string } {
  return isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name }
}
