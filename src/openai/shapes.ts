import type { IdShapes } from '../match/generated-ids.ts'
import { type Identify, identifyBy } from '../match/identity.ts'
import { SecretShapes } from '../redact/shapes.ts'

/** Keys, session keys, ephemeral keys, and the ids of organisations and projects. */
export const secretShapes = new SecretShapes({
  prefixes: ['sk-', 'sess-', 'ek_', 'org-', 'proj_'],
  accountHeaders: new Map([
    ['openai-organization', 'org-'],
    ['openai-project', 'proj_'],
  ]),
  splitting: {
    identifying: new Set(['index', 'output_index', 'content_index', 'summary_index', 'item_id']),
    tokens: /\/token$/,
    deltas: /delta|\/(?:text|token)$/,
  },
})

/**
 * A short word, then random letters and digits. One id in seventy has no digit: two capitals in a row distinguish
 * it from words.
 */
const GENERATED =
  /^(?:asst|batch|call|cfile|chatcmpl|ci|cmpl|cntr|conv|cu|eval|evalrun|fc|file|ftjob|ig|item|mcp|mcpl|mcpr|msg|part|resp|rs|run|step|thread|upload|video|vs|vsfb|ws)[-_](?:(?=\w*\d)[A-Za-z0-9_-]{8,}|(?=[A-Za-z]*[A-Z]{2})(?=[A-Za-z]*[a-z]{2})[A-Za-z]{16,})$/

export const idShapes: IdShapes = {
  generated: GENERATED,
  members: new Set([
    'assistant_id',
    'batch_id',
    'call_id',
    'container_id',
    'encrypted_content',
    'file_id',
    'item_id',
    'previous_item_id',
    'previous_response_id',
    'response_id',
    'run_id',
    'thread_id',
    'tool_call_id',
    'vector_store_id',
  ]),
  lists: new Set(['input', 'messages', 'tool_calls']),
}

/** Identifies a request by all of it. */
export const identify: Identify = identifyBy(secretShapes.placeholders)
