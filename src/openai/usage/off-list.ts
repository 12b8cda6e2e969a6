import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import { details } from '../answers/tokens.ts'
import { asList, asObject } from '../../json/access.ts'

/**
 * Explains why a list of prices per token, search and second cannot price a response; undefined if it can. No price is
 * better than a wrong one.
 * @param request the request's JSON; empty if it has none
 */
export function offList(result: JsonObject, request: JsonObject): string | undefined {
  if (result['object'] === 'batch') return 'a batch'
  const tier = [result['service_tier'], request['service_tier']].find((each) => typeof each === 'string')
  if (tier !== undefined && !STANDARD_TIERS.has(tier)) return `service tier ${tier}`
  if (isJsonObject(request['web_search_options']) || /-search-(?:preview|api)/.test(String(result['model'])))
    return 'web search in chat'
  const writes = asObject(details(asObject(result['usage']), 'input')['cache_write_tokens_details'])
  if (Number(writes['ttl_12h_tokens'] ?? 0) > 0) return 'a prompt cache kept for 12 hours'
  return result['object'] === 'thread.run' ? toolOfRun(result) : toolOfResponse(result)
}

/** `auto` only occurs in requests. If it selected another tier, the response names that tier. */
const STANDARD_TIERS: ReadonlySet<Json | undefined> = new Set(['auto', 'default', 'standard'])

/** Checks all tools of a run, as a run does not report which of them it called. */
function toolOfRun(run: JsonObject): string | undefined {
  return typesOf(run['tools']).find((type) => type === 'code_interpreter' || type === 'file_search')
}

function toolOfResponse(response: JsonObject): string | undefined {
  const called = new Set(typesOf(response['output']))
  const usage = asObject(response['tool_usage'])
  if (called.has('code_interpreter_call')) return 'a container'
  if (called.has('shell_call') && hasContainer(response)) return 'a container'
  if (called.has('web_search_call')) {
    if (!isJsonObject(usage['web_search'])) return 'web searches without a count'
    if (typesOf(response['tools']).some((type) => type.startsWith('web_search_preview')))
      return 'preview web searches'
  }
  if (called.has('image_generation_call') && !isJsonObject(usage['image_gen'])) return 'images'
  return undefined
}

function hasContainer(response: JsonObject): boolean {
  return asList(response['tools']).some((tool) =>
    String(asObject(asObject(tool)['environment'])['type'] ?? '').startsWith('container'),
  )
}

export function typesOf(items: Json | undefined): string[] {
  return asList(items).map((item) => String(asObject(item)['type'] ?? ''))
}
