import type OpenAI from 'openai'
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import type { ResponseInputItem } from 'openai/resources/responses/responses'

const WEATHER = {
  name: 'get_weather',
  description: 'The weather of a place',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
} as const

const TIME = { ...WEATHER, name: 'get_time', description: 'The time at a place' } as const

/** Asks, calls what it is told to call, streamed the second time, and says what it heard. */
export async function chatTools(client: OpenAI): Promise<unknown> {
  const messages: ChatCompletionMessageParam[] = [
    { role: 'user', content: 'The weather and the time in Paris?' },
  ]
  const tools = [WEATHER, TIME].map((each) => ({ type: 'function' as const, function: each }))
  for (let turn = 0; turn < 4; turn++) {
    const completion = await client.chat.completions.create({ model: 'gpt-4o-mini', messages, tools })
    const message = completion.choices[0]?.message
    if (message === undefined) break
    messages.push(message)
    for (const call of message.tool_calls ?? [])
      if (call.type === 'function')
        messages.push({ role: 'tool', tool_call_id: call.id, content: `${call.function.name}: fine` })
    if (message.tool_calls === undefined) break
  }
  messages.push({ role: 'user', content: 'And now in one word.' })
  const stream = client.chat.completions.stream({ model: 'gpt-4o-mini', messages })
  return stream.finalContent()
}

/** Three turns, each told which one it follows. */
export async function conversation(client: OpenAI): Promise<unknown> {
  const said: string[] = []
  let previous: string | undefined
  for (const input of ['Name a river.', 'And another one.', 'Which is longer?']) {
    const response = await client.responses.create({
      model: 'gpt-4o-mini',
      input,
      ...(previous !== undefined && { previous_response_id: previous }),
    })
    previous = response.id
    said.push(response.output_text)
  }
  await client.responses.retrieve(previous as string)
  return said
}

/** Keeps nothing with the API: what was thought goes back sealed. */
export async function encrypted(client: OpenAI): Promise<unknown> {
  const input: ResponseInputItem[] = [{ role: 'user', content: 'The weather in Tōkyō?' }]
  const ask = () =>
    client.responses.create({
      model: 'gpt-5-mini',
      store: false,
      include: ['reasoning.encrypted_content'],
      input,
      tools: [{ type: 'function', strict: true, ...WEATHER }],
    })
  const first = await ask()
  for (const item of first.output) {
    input.push(item as ResponseInputItem)
    if (item.type === 'function_call')
      input.push({ type: 'function_call_output', call_id: item.call_id, output: 'rain' })
  }
  const second = await ask()
  input.push(...(second.output as ResponseInputItem[]), { role: 'user', content: 'Sure?' })
  return (await ask()).output_text
}

/** Asks after what is made in the background until it is done, and goes on from there. */
export async function background(client: OpenAI): Promise<unknown> {
  let response = await client.responses.create({
    model: 'gpt-5-mini',
    input: 'Think for long.',
    background: true,
  })
  while (response.status === 'queued' || response.status === 'in_progress')
    response = await client.responses.retrieve(response.id)
  const next = await client.responses.create({
    model: 'gpt-5-mini',
    input: 'Shorter, please.',
    previous_response_id: response.id,
  })
  return [response.output_text, next.output_text]
}

/** A file in a vector store, an assistant that searches it, a run that wants a tool called. */
export async function assistants(client: OpenAI): Promise<unknown> {
  const file = await client.files.create({
    file: new File(['The river is 777 km long.'], 'rivers.txt', { type: 'text/plain' }),
    purpose: 'assistants',
  })
  const store = await client.vectorStores.create({ name: 'rivers' })
  await client.vectorStores.files.createAndPoll(store.id, { file_id: file.id }, { pollIntervalMs: 1 })
  const assistant = await client.beta.assistants.create({
    model: 'gpt-4o-mini',
    tools: [{ type: 'function', function: WEATHER }],
  })
  const thread = await client.beta.threads.create({
    messages: [{ role: 'user', content: 'The weather at the river in Paris?' }],
    tool_resources: { file_search: { vector_store_ids: [store.id] } },
  })
  let run = await client.beta.threads.runs.createAndPoll(
    thread.id,
    { assistant_id: assistant.id },
    { pollIntervalMs: 1 },
  )
  const calls = run.required_action?.submit_tool_outputs.tool_calls ?? []
  if (calls.length > 0)
    run = await client.beta.threads.runs.submitToolOutputsAndPoll(
      run.id,
      {
        thread_id: thread.id,
        tool_outputs: calls.map(({ id }) => ({ tool_call_id: id, output: 'rain' })),
      },
      { pollIntervalMs: 1 },
    )
  const messages = await client.beta.threads.messages.list(thread.id, { run_id: run.id })
  await client.files.delete(file.id)
  return messages.data.map(({ content }) => content)
}
