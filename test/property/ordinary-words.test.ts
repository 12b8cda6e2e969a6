import { expect, test } from 'vitest'
import { encodeText } from '../../src/http/bytes.ts'
import { openCassette } from '../../src/vcr/open-cassette.ts'
import { answeringUpstream } from '../support/answering.ts'
import { tempDir } from '../support/temp.ts'

test('ordinary words and ids are left alone, byte for byte', async () => {
  const dir = await tempDir()
  const upstream = await answeringUpstream()
  const words = [
    'sk-learn',
    'scikit-sk-learn-documentation',
    'task-based-approach-of-2024-report',
    'sess_abcdefghij0123456789',
    'chatcmpl-B1abcdefghij0123456789',
    'resp_68abcdefghij0123456789abcdefghij',
    'call_abcdefghij0123456789ABCD',
    'file-abcdefghij0123456789ABCD',
    'org-chart',
    'org-infrastructure-2024',
    'desk-123e4567e89b12d3a456426614174000',
    'sk-redacted-3',
    'week_2024abcdefghijklmnop',
    'risk-abcdefghij0123456789ABCD',
    'proj_x',
    'sk-',
    'ek_',
  ]
  const data = words
    .map((word) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: ` ${word}` } }] })}\n\n`)
    .join('')
  const path = `/v1/${words.join('/')}?q=${words.join('+')}`
  const init = {
    method: 'POST',
    body: JSON.stringify({ words, text: words.join(' ') }),
    headers: { 'content-type': 'application/json' },
  }
  for (const [name, headers, body] of [
    [
      'json',
      { 'content-type': 'application/json', 'x-words': words.join() },
      JSON.stringify({ words, text: words.join('\n') }),
    ],
    ['events', { 'content-type': 'text/event-stream' }, data],
    ['text', { 'content-type': 'text/plain' }, words.join('\n')],
  ] as const) {
    upstream.next = { headers, body: encodeText(body), cut: 50 }
    const recording = await openCassette(name, { dir, mode: 'record', upstream: upstream.url })
    await (await recording.fetch(`http://127.0.0.1${path}`, init)).text()
    await recording.close()
    const replay = await openCassette(name, { dir })
    const response = await replay.fetch(`http://127.0.0.1${path}`, init)
    expect(await response.text()).toBe(body)
    if ('x-words' in headers) expect(response.headers.get('x-words')).toBe(headers['x-words'])
    expect(replay.journal).toMatchObject([{ outcome: 'hit', path }])
  }
})
