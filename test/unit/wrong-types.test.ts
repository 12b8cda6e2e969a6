import { expect, test } from 'vitest'
import { type CassetteOptions, openCassette, UsageError } from '../../src/index.ts'

const wrong: Readonly<Record<string, readonly [options: unknown, message: string]>> = {
  'no options': [null, 'options must be an object'],
  'a mode alone': ['record', 'options must be an object'],
  'a directory that is a number': [{ dir: 5 }, "the option 'dir' must be a text"],
  'an upstream that is a URL object': [
    { upstream: new URL('https://gateway.test') },
    "the option 'upstream' must be a text",
  ],
  'a text for a truth': [{ strictUnused: 'false' }, "the option 'strictUnused' must be true or false"],
  'a number for a truth': [{ keepTruncated: 0 }, "the option 'keepTruncated' must be true or false"],
  'rules that are a text': [{ matchers: 'dates' }, 'matchers must be an object'],
  'a path alone': [{ matchers: { ignore: '$.id' } }, "the matcher 'ignore' must be a list"],
  'a header alone': [{ matchers: { headers: 'x-tenant' } }, "the matcher 'headers' must be a list"],
  'a rule alone': [{ matchers: { normalize: { match: /a/ } } }, "the matcher 'normalize' must be a list"],
  'a part alone': [{ matchers: { parts: 'body' } }, "the matcher 'parts' must be a list"],
  'a name for a function': [{ matchers: { matchOn: 'body' } }, "the matcher 'matchOn' must be a function"],
}

for (const [what, [options, message]] of Object.entries(wrong)) {
  test(`refused when a cassette is opened: ${what}`, async () => {
    const opening = openCassette('c', options as CassetteOptions)
    await expect(opening).rejects.toThrow(UsageError)
    await expect(opening).rejects.toThrow(message)
  })
}
