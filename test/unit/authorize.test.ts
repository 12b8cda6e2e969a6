import { expect, test } from 'vitest'
import { authorize } from '../../src/openai/authorize.ts'

const ENV = { OPENAI_API_KEY: 'openai-key', AZURE_OPENAI_API_KEY: 'azure-key' }
const AZURE_PATH = '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21'

function sent(
  url: string,
  {
    explicit = false,
    target = '/v1/models',
    headers = {},
    env = ENV,
  }: {
    explicit?: boolean
    target?: string
    headers?: Record<string, string>
    env?: Record<string, string>
  } = {},
): Record<string, string> {
  const request = { method: 'GET', target, headers: Object.entries(headers), body: new Uint8Array() }
  return Object.fromEntries(authorize(request, { url, explicit }, env).headers)
}

test('OPENAI_API_KEY is for OpenAI and for the upstream that the user chose', () => {
  const bearer = { authorization: 'Bearer openai-key' }
  expect(sent('https://api.openai.com')).toEqual(bearer)
  expect(sent('https://eu.api.openai.com')).toEqual(bearer)
  expect(sent('https://openrouter.ai/api', { explicit: true })).toEqual(bearer)
  expect(sent('https://openrouter.ai')).toEqual({})
  expect(sent('https://api.openai.com.example.com')).toEqual({})
  expect(sent('https://notopenai.com')).toEqual({})
})

test('AZURE_OPENAI_API_KEY is for Azure, in the header that Azure reads', () => {
  const mine = 'https://mine.openai.azure.com'
  expect(sent(mine)).toEqual({ 'api-key': 'azure-key' })
  expect(sent(mine, { headers: { 'api-key': 'none' } })).toEqual({ 'api-key': 'azure-key' })
  expect(sent(mine, { headers: { authorization: 'Bearer none' } })).toEqual({ 'api-key': 'azure-key' })
  expect(sent('https://mine.cognitiveservices.azure.com')).toEqual({ 'api-key': 'azure-key' })
  const env = { OPENAI_API_KEY: 'openai-key' }
  expect(sent(mine, { env })).toEqual({})
  expect(sent(mine, { env, explicit: true })).toEqual({ 'api-key': 'openai-key' })
})

test('a gateway that the user chose is Azure where it is asked as Azure is', () => {
  const gateway = 'https://gateway.example.com'
  const azure = { 'api-key': 'azure-key' }
  expect(sent(gateway, { explicit: true, target: AZURE_PATH })).toEqual(azure)
  expect(sent(gateway, { explicit: true, target: `/${AZURE_PATH}` })).toEqual(azure)
  expect(sent(gateway, { explicit: true, headers: { 'api-key': 'none' } })).toEqual(azure)
  expect(sent(gateway, { target: AZURE_PATH })).toEqual({})
  expect(sent('https://api.openai.com', { headers: { 'api-key': 'none' } })).toEqual({
    authorization: 'Bearer openai-key',
  })
})

test('no key goes out unencrypted but to where the user said', () => {
  for (const url of ['http://api.openai.com', 'ws://api.openai.com', 'http://mine.openai.azure.com'])
    expect(sent(url)).toEqual({})
  expect(sent('wss://api.openai.com')).toEqual({ authorization: 'Bearer openai-key' })
  expect(sent('http://127.0.0.1:8080', { explicit: true })).toEqual({ authorization: 'Bearer openai-key' })
})

test('a client with a credential of its own keeps it', () => {
  for (const headers of [{ authorization: 'Bearer own' }, { 'api-key': 'own' }])
    for (const url of ['https://api.openai.com', 'https://mine.openai.azure.com'])
      expect(sent(url, { explicit: true, headers })).toEqual(headers)
  const both = { authorization: 'Bearer none', 'api-key': 'own' }
  expect(sent('https://api.openai.com', { headers: both })).toEqual(both)
})
