import type { Command } from 'commander'
import { UsageError } from '../../messages/errors.ts'
import type { TlsOptions } from '../../node/certificate.ts'

/** Flags of commands that can serve over TLS. */
export interface TlsFlags {
  readonly tls?: true
  readonly tlsCert?: string
  readonly tlsKey?: string
}

export function withTlsFlags(command: Command): Command {
  return command
    .option('--tls', 'serve https: and wss:, with a certificate generated at startup')
    .option('--tls-cert <file>', 'serve https: and wss: with this certificate (PEM; needs --tls-key)')
    .option('--tls-key <file>', 'private key of the certificate (PEM)')
}

/** @throws UsageError if only one of the two files is given */
export function tlsOf({ tls, tlsCert: cert, tlsKey: key }: TlsFlags): TlsOptions | undefined {
  if (cert === undefined && key === undefined) return tls
  if (cert !== undefined && key !== undefined) return { cert, key }
  throw new UsageError('--tls-cert and --tls-key must be given together')
}

/** The same as flags, for a command line. */
export function tlsWords(tls: TlsOptions | undefined): readonly string[] {
  if (tls === undefined || tls === false) return []
  return tls === true ? ['--tls'] : ['--tls-cert', tls.cert, '--tls-key', tls.key]
}
