import type { Batch, BatchCreateParams } from 'openai/resources/batches'
import { type Answer, laidOut } from './answer.ts'
import { type Asked, jsonOf } from './asked.ts'
import { ApiError, errorBody, notFound } from './errors.ts'
import { hex, letters, NOW } from './ids.ts'
import type { Wire } from './wire.ts'
import { poll, type World } from './world.ts'

export function createBatch(asked: Asked, world: World): Answer {
  const params = jsonOf<BatchCreateParams>(asked)
  if (!world.files.has(params.input_file_id)) {
    const message = `Invalid value for 'input_file_id': file '${params.input_file_id}' was not found.`
    throw new ApiError(400, errorBody(message, { type: 'invalid_request_error', param: 'input_file_id' }))
  }
  const batch: Wire<Batch> = {
    id: `batch_${hex(asked.seed, 32)}`,
    object: 'batch',
    endpoint: params.endpoint,
    model: null,
    errors: null,
    input_file_id: params.input_file_id,
    completion_window: params.completion_window,
    status: 'validating',
    output_file_id: null,
    error_file_id: null,
    created_at: NOW,
    in_progress_at: null,
    expires_at: NOW + 86_400,
    finalizing_at: null,
    completed_at: null,
    failed_at: null,
    expired_at: null,
    cancelling_at: null,
    cancelled_at: null,
    request_counts: { total: 0, completed: 0, failed: 0 },
    usage: usageOf(0),
    metadata: params.metadata ?? null,
  }
  world.batches.set(batch.id, batch)
  return laidOut(batch)
}

/** Validating when first asked after, in progress the second time, completed from the third on. */
export function retrieveBatch(id: string, world: World): Answer {
  const batch = find(id, world)
  if (batch.status === 'cancelling') return laidOut(batch)
  const times = poll(world, id)
  if (times === 0) return laidOut(batch)
  const total = linesOf(batch, world).length
  const begun = { ...batch, model: 'gpt-4o-mini-2024-07-18', in_progress_at: NOW + 60 }
  if (times === 1) {
    return laidOut({ ...begun, status: 'in_progress', request_counts: { total, completed: 0, failed: 0 } })
  }
  return laidOut({
    ...begun,
    status: 'completed',
    output_file_id: writeOutput(batch, world),
    finalizing_at: NOW + 90,
    completed_at: NOW + 120,
    request_counts: { total, completed: total, failed: 0 },
    usage: usageOf(total),
  })
}

/** What it has not done yet it does not do; for minutes it says that it is about to stop. */
export function cancelBatch(id: string, world: World): Answer {
  const cancelled: Wire<Batch> = { ...find(id, world), status: 'cancelling', cancelling_at: NOW + 60 }
  world.batches.set(id, cancelled)
  return laidOut(cancelled)
}

function find(id: string, world: World): Wire<Batch> {
  const found = world.batches.get(id)
  if (found !== undefined) return found
  throw notFound(`No batch found with id '${id}'.`, null)
}

function linesOf(batch: Wire<Batch>, world: World): { custom_id: string }[] {
  const input = Buffer.from(world.files.get(batch.input_file_id)?.bytes ?? [])
  return input
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { custom_id: string })
}

function writeOutput(batch: Wire<Batch>, world: World): string {
  const id = `file-${letters(`output/${batch.id}`, 22)}`
  const output = linesOf(batch, world).map(({ custom_id }) => {
    const seed = `${batch.id}/${custom_id}`
    const response = {
      status_code: 200,
      request_id: hex(seed, 32),
      body: { id: `chatcmpl-${letters(seed, 29)}` },
    }
    return `${JSON.stringify({ id: `batch_req_${hex(`req/${seed}`, 32)}`, custom_id, response, error: null })}\n`
  })
  const bytes = Buffer.from(output.join(''))
  const filename = `${batch.id}_output.jsonl`
  world.files.set(id, {
    file: {
      object: 'file',
      id,
      purpose: 'batch_output',
      filename,
      bytes: bytes.length,
      created_at: NOW,
      expires_at: null,
      status: 'processed',
      status_details: null,
    },
    type: 'application/jsonl',
    bytes,
  })
  return id
}

function usageOf(requests: number): NonNullable<Batch['usage']> {
  return {
    input_tokens: 20 * requests,
    output_tokens: 10 * requests,
    total_tokens: 30 * requests,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens_details: { reasoning_tokens: 0 },
  }
}
