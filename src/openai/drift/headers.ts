import { CONNECTION_HEADERS } from '../../http/message.ts'

/** Ids, the account's too, dates, limits that are used up, timings, and what stands between a client and the API. */
const OMITTED =
  /^(?:access-control-.*|age|alt-svc|apim-.*|azureml-.*|cache-control|cf-.*|cmp-upstream-.*|connection|content-(?:encoding|length|security-policy.*)|cross-origin-.*|etag|expires|last-modified|ms-azureml-.*|nel|openai-organization|openai-project|permissions-policy|pragma|ratelimit.*|referrer-policy|report-to|reporting-endpoints|retry-after.*|server|server-timing|set-cookie|skip-error-remapping|strict-transport-security|timing-allow-origin|vary|via|x-accel-.*|x-amz-.*|x-cache.*|x-content-type-options|x-envoy-.*|x-frame-options|x-generation-id|x-inference-id|x-ms-.*|x-openai-proxy-.*|x-powered-by|x-proxied-.*|x-ratelimit-.*|x-robots-tag|x-runtime|.*(?:-ms|-duration|-time|request-id|trace-id))$/

/** Headers of which another value is another kind. */
const VALUES: ReadonlySet<string> = new Set([
  'deprecation',
  'openai-model',
  'openai-version',
  'x-should-retry',
])

/** What of a response's header counts. */
export function headerRule(name: string): 'omitted' | 'presence' | 'value' {
  if (CONNECTION_HEADERS.has(name) || OMITTED.test(name)) return 'omitted'
  return VALUES.has(name) ? 'value' : 'presence'
}
