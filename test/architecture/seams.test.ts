import { expect, test } from 'vitest'
import { law } from './law.ts'
import { readTree } from './source-tree.ts'

/** Everything that leans on what MSW's engine, undici and vitest do not promise. */
const SEAMS = [
  'src/adapters/intercept/engine-patches/',
  'src/testing/undici-context.ts',
  'src/testing/vitest/internals.ts',
]
const PROBE = 'test/seams/probe.ts'

const seams = [...readTree('src').keys()].filter((file) => SEAMS.some((place) => file.startsWith(place)))
const probes = [...readTree('test').values()].filter(({ imports }) => imports.some(({ to }) => to === PROBE))

test('the seams and their probes were read', () => {
  for (const place of SEAMS)
    expect(
      seams.filter((file) => file.startsWith(place)),
      place,
    ).not.toEqual([])
  expect(probes).not.toEqual([])
})

law(
  'each private seam of a package has a probe, which names the version when it fails',
  seams
    .filter((seam) => !probes.some(({ imports }) => imports.some(({ to }) => to === seam)))
    .map((at) => ({ at, detail: `write a probe in ${PROBE.replace(/[^/]+$/, '')} that imports it` })),
)
