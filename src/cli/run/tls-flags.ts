import type { Command } from 'commander'
import { UsageError } from '../../messages/errors.ts'
import type { TlsOptions } from '../../server/certificate.ts'

/** Flags of commands that can serve over TLS. */
export interface TlsFlags {
  readonly tls?: true
  readonly tlsCert?: string
  readonly tlsKey?: string
}

export function withTlsFlags(command: Command): Command {
  return command
    .option('--tls', 'https: and wss:, with a certificate that is made at the start')
    .option('--tls-cert <file>', 'the same with a certificate of yours (PEM; needs --tls-key)')
    .option('--tls-key <file>', "that certificate's key (PEM)")
}

/** @throws UsageError if only one of the two files is given */
export function tlsOf({ tls, tlsCert: cert, tlsKey: key }: TlsFlags): TlsOptions | undefined {
  if (cert === undefined && key === undefined) return tls
  if (cert !== undefined && key !== undefined) return { cert, key }
  throw new UsageError('--tls-cert and --tls-key go together: a certificate is of no use without its key')
}

/** The same as flags, for a command line. */
export function tlsWords(tls: TlsOptions | undefined): readonly string[] {
  if (tls === undefined || tls === false) return []
  return tls === true ? ['--tls'] : ['--tls-cert', tls.cert, '--tls-key', tls.key]
}
