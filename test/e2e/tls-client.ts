/**
 * A program that trusts what NODE_EXTRA_CA_CERTS says: talks to the server at the URL given, or at
 * OPENAI_BASE_URL, and prints what it heard.
 */
import OpenAI from 'openai'
import { realtimeOverWebSocket, realtimeOverWs, responsesOverWs } from '../sdk/socket-scenarios.ts'

const [, , url] = process.argv
const client = new OpenAI({
  ...(url === undefined ? {} : { baseURL: `${url}/v1` }),
  apiKey: 'sk-none-of-our-business-0123456789',
})
const told: unknown[] = []
for (const talk of [realtimeOverWs, realtimeOverWebSocket, responsesOverWs]) told.push(await talk(client))
process.stdout.write(JSON.stringify(told))
