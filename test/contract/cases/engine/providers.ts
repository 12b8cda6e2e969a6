import { expect, test, vi } from 'vitest'
import { tempDir } from '../../../support/temp.ts'
import type { Adapter } from '../../adapter.ts'
import { echoUpstream } from '../../echo.ts'
import { opening, post } from '../../talking.ts'

interface Provider {
  readonly name: string
  /** What stands behind the upstream's host. */
  readonly base: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
}

const PROVIDERS: readonly Provider[] = [
  {
    name: 'Azure: deployments, api-version and api-key',
    base: '',
    target: '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
    headers: { 'api-key': 'a7c4f2e19b8d4a6c8e3f5b7d9c1a2e4f' },
  },
  {
    name: 'OpenRouter: an API below a path of its own',
    base: '/api',
    target: '/v1/chat/completions',
    headers: { 'http-referer': 'https://example.com', 'x-title': 'mine' },
  },
  { name: 'Ollama: paths of its own', base: '/', target: '/api/chat', headers: {} },
  {
    name: 'vLLM: paths of its own',
    base: '',
    target: '/tokenize',
    headers: { authorization: 'Bearer EMPTY' },
  },
]

export function providerCases(adapter: Adapter): void {
  const { record, replay } = opening(adapter)

  for (const { name, base, target, headers } of PROVIDERS) {
    test(`${adapter.name}: ${name}`, async () => {
      vi.stubEnv('OPENAI_API_KEY', '')
      vi.stubEnv('AZURE_OPENAI_API_KEY', '')
      const upstream = await echoUpstream()
      const dir = await tempDir()
      const { body, ...rest } = post({ model: 'm', messages: [] })
      const init = { ...rest, body: body as string, headers: { ...(rest.headers as object), ...headers } }
      const recording = await record(dir, upstream.url + base)
      const live = await (await recording.fetch(target, init)).text()
      await recording.close()
      vi.unstubAllEnvs()
      const [reached] = upstream.reached
      expect(reached?.target).toBe(base.replace(/\/$/, '') + target)
      expect(reached?.headers).toMatchObject(headers)
      await upstream.close()
      const replaying = await replay(dir)
      expect(await (await replaying.fetch(target, init)).text()).toBe(live)
    })
  }
}
