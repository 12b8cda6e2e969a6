import { isJsonObject, type Json, type JsonObject } from '../../json/json.ts'
import { details } from '../answers/tokens.ts'
import { asList, asObject } from '../../json/access.ts'

/**
 * Why a list of prices per token, search and second does not give the price of this; undefined
 * when it does. Better no price than a wrong one.
 * @param request the request's JSON, where it has any
 */
export function offList(made: JsonObject, request: JsonObject): string | undefined {
  if (made['object'] === 'batch') return 'a batch'
  const tier = [made['service_tier'], request['service_tier']].find((each) => typeof each === 'string')
  if (tier !== undefined && !STANDARD.has(tier)) return `service tier ${tier}`
  if (isJsonObject(request['web_search_options']) || /-search-(?:preview|api)/.test(String(made['model'])))
    return 'web search in chat'
  const writes = asObject(details(asObject(made['usage']), 'input')['cache_write_tokens_details'])
  if (Number(writes['ttl_12h_tokens'] ?? 0) > 0) return 'a prompt cache kept for 12 hours'
  return made['object'] === 'thread.run' ? toolOfRun(made) : toolOfResponse(made)
}

/** `auto` stands in the request. Where it led to another tier, the response says so. */
const STANDARD: ReadonlySet<Json | undefined> = new Set(['auto', 'default', 'standard'])

/** A run does not say which of its tools it called. */
function toolOfRun(run: JsonObject): string | undefined {
  return typesOf(run['tools']).find((type) => type === 'code_interpreter' || type === 'file_search')
}

function toolOfResponse(response: JsonObject): string | undefined {
  const called = new Set(typesOf(response['output']))
  const usage = asObject(response['tool_usage'])
  if (called.has('code_interpreter_call')) return 'a container'
  if (called.has('shell_call') && hasContainer(response)) return 'a container'
  if (called.has('web_search_call')) {
    if (!isJsonObject(usage['web_search'])) return 'web searches that are not counted'
    if (typesOf(response['tools']).some((type) => type.startsWith('web_search_preview')))
      return 'web searches of the preview'
  }
  if (called.has('image_generation_call') && !isJsonObject(usage['image_gen'])) return 'images'
  return undefined
}

function hasContainer(response: JsonObject): boolean {
  return asList(response['tools']).some((tool) =>
    String(asObject(asObject(tool)['environment'])['type'] ?? '').startsWith('container'),
  )
}

/** The types of tools, or of items. */
export function typesOf(items: Json | undefined): string[] {
  return asList(items).map((item) => String(asObject(item)['type'] ?? ''))
}
