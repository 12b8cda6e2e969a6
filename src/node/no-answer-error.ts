import { UpstreamError } from '../engine/ports.ts'

/**
 * The error for an upstream that did not respond, with the reason and what to check.
 * @param isProxied whether the environment sets a proxy
 */
export function noAnswerError(base: string, error: unknown, isProxied: boolean): UpstreamError {
  const { code, message } = error as { code?: unknown; message?: string }
  const known = typeof code === 'string' ? code : undefined
  const why = REASONS[known ?? ''] ?? message ?? String(error)
  const where = isProxied ? ', the proxy (HTTPS_PROXY, HTTP_PROXY, NO_PROXY)' : ''
  const text = `no response from the upstream ${base}: ${why}. Check OPENAI_VCR_UPSTREAM (or --upstream)${where} and the network.`
  return new UpstreamError(text, known, { cause: error })
}

const UNKNOWN_CA =
  'its certificate is signed by a CA that Node does not know; set NODE_EXTRA_CA_CERTS to a file with that CA'

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it refused the connection',
  ECONNRESET: 'it reset the connection',
  ENOTFOUND: 'its host name is unknown',
  EAI_AGAIN: 'its host name could not be looked up',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_CA,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_CA,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_CA,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_CA,
  UND_ERR_SOCKET: 'it closed the connection',
}
