import { cp } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { LONG } from '../support/long.ts'
import { tempDir } from '../support/temp.ts'
import { freshStandIn, rerecord } from './rerecording.ts'

for (const [folder, words] of [
  ['cassettes', ['errors']],
  ...(LONG
    ? [
        [
          'examples/agent-suite/cassettes',
          ['test/errors/a-wrong-key-is-a-401-that-does-not-repeat-the-key'],
        ] as const,
      ]
    : []),
  ['examples/frameworks/cassettes', []],
] as const) {
  test(
    `every cassette of ${folder} is recorded anew from its own requests, with other ids, and nothing changes in kind`,
    { timeout: 120_000 },
    async () => {
      const dir = await tempDir()
      await cp(new URL(`../../${folder}`, import.meta.url), dir, { recursive: true })
      const { url } = await freshStandIn()
      const { status, stdout, stderr } = await rerecord(dir, url, ['--json', '--concurrency', '4'])
      const { cassettes } = JSON.parse(stdout) as {
        cassettes: { cassette: string; outcome: string; drift: { changed: string } }[]
      }
      expect(cassettes.length).toBeGreaterThan(3)
      expect(cassettes.filter(({ outcome }) => outcome !== 'rerecorded')).toEqual([])
      // A key that was refused is told masked, and is another one now.
      const changed = cassettes.filter(({ drift }) => drift.changed !== 'nothing')
      expect(changed.map(({ cassette, drift }) => [cassette, drift.changed])).toEqual(
        words.map((name) => [name, 'words']),
      )
      expect(status, stderr).toBe(0)
    },
  )
}
