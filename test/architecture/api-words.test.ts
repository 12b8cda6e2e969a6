import { law } from './law.ts'
import { codeOf, readTree, roomOf } from './source-tree.ts'

/** Rooms that exist to speak the API's words. The later ones are named before they are built. */
const SPEAKERS: ReadonlySet<string> = new Set([
  'openai',
  'inspector',
  'builders',
  'verify',
  'import',
  'matchers',
])

/** What is true of OpenAI's API and of no other. Words that plain code uses too, such as `choices`, are no sign of it. */
const WORDS: Readonly<Record<string, RegExp>> = {
  keys: /(?<![A-Za-z])(?:sk-|sess-|ek_|org-|proj_)/,
  ids: /chatcmpl|(?<![A-Za-z])(?:resp|msg|call|rs|fc|asst)_(?=[\w…]*\d)/,
  models: /(?<![A-Za-z])(?:gpt-|text-embedding-|whisper-|dall-e)/,
  environment: /OPENAI_(?!VCR)/,
  addresses: /openai\\?\.(?:com|azure)|(?:chat\/completions|\/(?:responses|embeddings|realtime))\b/,
  headers: /openai-(?:organization|project|beta|processing)|x-(?:ratelimit|stainless)/i,
  fields:
    /(?:tool|function)_call|call_id|encrypted_content|previous_response|finish_reason|(?:prompt|completion)_tokens|(?:output|input|summary)_text|system_fingerprint|\[DONE\]/,
  errors: /insufficient_quota|rate_limit|server_error|invalid_(?:api_key|request_error)/,
}

const SHOWN = 'in a text for people, who set or pass it'
const UNTIL_HANDED_IN = 'until openai/ hands it in'

law(
  "words of OpenAI's API stand in openai/ and in the rooms that speak them",
  [...readTree('src').values()]
    .filter(({ path }) => !SPEAKERS.has(roomOf(path)))
    .flatMap((file) => {
      const lines = codeOf(file).split('\n')
      return Object.entries(WORDS).flatMap(([kind, words]) => {
        const at = lines.findIndex((line) => words.test(line))
        return at < 0 ? [] : [{ at: `${file.path} ${kind}`, detail: `line ${at + 1}: ${lines[at]?.trim()}` }]
      })
    }),
  {
    'src/adapters/intercept/hosts.ts addresses': UNTIL_HANDED_IN,
    'src/cli/flags/server-flags.ts addresses': SHOWN,
    'src/cli/program.ts environment': SHOWN,
    'src/cli/rerecord/checks.ts environment': SHOWN,
    'src/cli/rerecord/rerecord.ts models': SHOWN,
    'src/cli/rerecord/run-all.ts environment': SHOWN,
    'src/cli/run/child.ts environment': 'sets the variables that the SDK reads',
    'src/cli/run/run.ts environment': 'sets the variables that the SDK reads',
    'src/node/prices.ts addresses': UNTIL_HANDED_IN,
    'src/node/prices.ts fields': 'the words of the package of prices, which are alike',
    'src/node/prices.ts models': UNTIL_HANDED_IN,
    'src/policies/budget/budget-policy.ts errors': UNTIL_HANDED_IN,
    'src/policies/faults/plan.ts errors': UNTIL_HANDED_IN,
    'src/server/serve.ts environment': SHOWN,
    'src/vcr/expiry.ts environment': UNTIL_HANDED_IN,
    'src/vcr/open-cassette.ts environment': SHOWN,
    'src/vcr/options/options.ts addresses': SHOWN,
    'src/vcr/options/secrets.ts environment': UNTIL_HANDED_IN,
  },
)
