import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type CassetteOptions, openCassette, UsageError } from '../../src/index.ts'
import { startServer } from '../../src/server/start.ts'
import { tempDir } from '../support/temp.ts'

const wrong: Readonly<Record<string, readonly [options: unknown, message: string]>> = {
  'no options': [null, "options: expected an object, such as { mode: 'record' }, found null"],
  'a mode alone': ['record', "options: expected an object, such as { mode: 'record' }, found 'record'"],
  'a directory that is a number': [
    { dir: 5 },
    "option `dir`: expected a directory, such as 'cassettes', found 5",
  ],
  'an upstream that is a URL object': [
    { upstream: new URL('https://gateway.test') },
    "option `upstream`: expected a URL, such as 'https://api.openai.com', found a URL",
  ],
  'a text for a truth': [
    { strictUnused: 'false' },
    "option `strictUnused`: expected true or false, found 'false'",
  ],
  'a number for a truth': [{ keepTruncated: 0 }, 'option `keepTruncated`: expected true or false, found 0'],
  'rules that are a text': [
    { matchers: 'dates' },
    "option `matchers`: expected an object, such as { volatile: ['dates'] }, found 'dates'",
  ],
  'a path alone': [
    { matchers: { ignore: '$.id' } },
    "option `matchers.ignore`: expected a list of JSON paths, such as ['$.metadata.run_id'], found '$.id'",
  ],
  'a header alone': [
    { matchers: { headers: 'x-tenant' } },
    "option `matchers.headers`: expected a list of names, such as ['x-tenant'], found 'x-tenant'",
  ],
  'a rule alone': [
    { matchers: { normalize: { match: /a/ } } },
    'option `matchers.normalize`: expected a list of rules',
  ],
  'a part alone': [{ matchers: { parts: 'body' } }, 'option `matchers.parts`: expected a list of parts'],
  'a name for a function': [
    { matchers: { matchOn: 'body' } },
    "option `matchers.matchOn`: expected a function, such as ({ body }) => body.model, found 'body'",
  ],
  'secrets that are a text': [{ redact: 'cust_1' }, 'option `redact`: expected a list of rules'],
  'a rule that redacts everything': [
    { redact: [/x*/] },
    'option `redact[0]`: expected a pattern of what is secret, found /x*/, which matches the empty text, and so everywhere',
  ],
  'a rule that redacts nothing': [{ redact: [''] }, 'option `redact[0]`: expected a string, such as'],
  'a misspelt header rule': [
    { redact: [{ hader: 'x-trace' }] },
    'unknown option `redact[0].hader`; did you mean `header`?',
  ],
  'a misspelt speed': [{ timing: { sped: 2 } }, 'unknown option `timing.sped`; did you mean `speed`?'],
  'a rule of another form': [
    { redact: [{ mach: /x/ }] },
    'unknown option `redact[0].mach`; did you mean `match`?',
  ],
  'limits without a number': [
    { limits: { 'gpt-4o': { requests: '3' } } },
    "option `limits.gpt-4o.requests`: expected a whole number from 1, such as 3, found '3'",
  ],
  'a clock that tells no time': [
    { limitClock: {} },
    "option `limitClock`: expected 'manual', 'real' or an object with now(), such as Date, found an empty object",
  ],
  'a fault that does nothing': [{ faults: [{ nth: 1 }] }, 'option `faults[0]`: does nothing'],
}

test('a slip in the options of close writes nothing, and leaves the cassette open', async () => {
  const dir = await tempDir()
  const vcr = await openCassette('c', { dir })
  await expect(vcr.close({ kep: false } as object)).rejects.toThrow(
    'unknown option `kep`; did you mean `keep`?',
  )
  await expect(vcr.close({ keep: 'no' as never })).rejects.toThrow(
    "option `keep`: expected true or false, found 'no'",
  )
  expect(() => vcr.usage({ estimate: false } as object)).toThrow('did you mean `estimates`?')
  await vcr.close({ keep: false })
  const server = await startServer({ dir })
  await expect(server.close({ kep: false } as object)).rejects.toThrow(UsageError)
  await server.close()
})

test('refused when a cassette is opened: a name with the ending of its file, so that no other file grows', async () => {
  const dir = await tempDir()
  const opening = openCassette('weather.yaml', { dir, mode: 'record' })
  await expect(opening).rejects.toThrow(UsageError)
  await expect(opening).rejects.toThrow(
    "cassette: expected a name, such as 'weather' or 'agents/weather', found 'weather.yaml': leave out '.yaml', which is the file extension: 'weather'",
  )
  expect(await readdir(dir)).toEqual([])
})

for (const [what, [options, message]] of Object.entries(wrong)) {
  test(`refused when a cassette is opened: ${what}`, async () => {
    const opening = openCassette('c', options as CassetteOptions)
    await expect(opening).rejects.toThrow(UsageError)
    await expect(opening).rejects.toThrow(message)
  })
}
