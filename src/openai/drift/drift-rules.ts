import type { DriftRules } from '../../api/drift.ts'
import { CONNECTION_HEADERS } from '../../http/message.ts'
import { withoutIds } from '../../match/generated-ids.ts'
import { gist } from '../gist.ts'
import { identify, idShapes, textWithoutIds } from '../shapes.ts'
import { isCounted, itemName, ruleFor } from './field-rules.ts'
import { requestView, responseView } from './view.ts'

export const driftRules: DriftRules = {
  requestView,
  responseView,
  gist: ({ request }) => gist(request),
  requestKey: ({ request }) => {
    const { parts, fingerprint } = identify(request)
    return withoutIds(parts, idShapes)?.fingerprint ?? fingerprint
  },
  ruleFor,
  itemName,
  isCounted,
  withoutIds: textWithoutIds,
  headerRule,
}

/** Headers with ids, dates, rate limits or timings, and headers that proxies add. */
const IGNORED_HEADERS =
  /^(?:access-control-.*|age|alt-svc|apim-.*|azureml-.*|cache-control|cf-.*|cmp-upstream-.*|connection|content-(?:encoding|length|security-policy.*)|cross-origin-.*|etag|expires|last-modified|ms-azureml-.*|nel|openai-organization|openai-project|permissions-policy|pragma|ratelimit.*|referrer-policy|report-to|reporting-endpoints|retry-after.*|server|server-timing|set-cookie|skip-error-remapping|strict-transport-security|timing-allow-origin|vary|via|x-accel-.*|x-amz-.*|x-cache.*|x-content-type-options|x-envoy-.*|x-frame-options|x-generation-id|x-inference-id|x-ms-.*|x-openai-proxy-.*|x-powered-by|x-proxied-.*|x-ratelimit-.*|x-robots-tag|x-runtime|.*(?:-ms|-duration|-time|request-id|trace-id))$/

/** Headers whose values programs may depend on. */
const MEANINGFUL_HEADERS: ReadonlySet<string> = new Set([
  'deprecation',
  'openai-model',
  'openai-version',
  'x-should-retry',
])

function headerRule(name: string): 'ignored' | 'presence' | 'value' {
  if (CONNECTION_HEADERS.has(name) || IGNORED_HEADERS.test(name)) return 'ignored'
  return MEANINGFUL_HEADERS.has(name) ? 'value' : 'presence'
}
