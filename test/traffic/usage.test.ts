import { expect, test } from 'vitest'
import type { RecordedRequest } from '../../src/cassette/cassette.ts'
import type { HttpRequest } from '../../src/http/message.ts'
import { usageSightings } from '../../src/openai/usage/sightings.ts'
import { estimateInput } from '../../src/openai/usage/estimate-input.ts'
import { readCassette } from '../../src/engine/library/read-cassette.ts'
import { estimateOf } from '../../src/engine/usage/totals.ts'
import { FileStore } from '../../src/node/file-store.ts'
import { tiktoken } from '../../src/node/tokenizer.ts'
import { sumUsage, type Tokens, type Usage } from '../../src/api/usage.ts'
import type { Mode } from '../../src/engine/modes.ts'
import type { Vcr } from '../../src/vcr/vcr.ts'
import { openCassette } from '../../src/index.ts'
import { tempDir } from '../support/temp.ts'
import { cassetteOf, type Exchange, readExchanges, trafficIsThere } from './exchanges.ts'
import { EXCHANGE_HEADER, origin } from './origin.ts'
import { clientOf } from '../../src/engine/exchange/exchange.ts'
import { answererOf } from '../support/composition.ts'

const LONG = 240_000

// Said once, so that a run without real traffic is not taken for one with it.
if (!trafficIsThere) process.stderr.write('real traffic is not there: its usage is not tested\n')

test.skipIf(!trafficIsThere)(
  'the usage of real traffic is counted to the token, recorded and replayed',
  { timeout: LONG },
  async () => {
    const exchanges = readExchanges()
    const dir = await tempDir()
    const upstream = await origin(exchanges, { gzip: false })
    const groups = Map.groupBy(exchanges, (exchange) => cassetteOf(exchange, exchanges))
    const usages: Usage[] = []
    const errors: Errors[] = []
    for (const [name, group] of groups) {
      const play = (mode: Mode): Promise<Vcr> => within(name, mode, dir, upstream.url, group, exchanges)
      const { spent } = (await play('record')).usage()
      const { replayed } = (await play('replay')).usage()
      const { cassette } = await readCassette(new FileStore(dir), name)
      for (const [i, { request, response }] of cassette?.interactions.entries() ?? []) {
        const exchange = group[i] as Exchange
        const sighted = usageSightings(request, response)
        const uses = sighted.flatMap((each) => each.uses ?? [])
        expect(
          uses.map((use) => use.tokens),
          `${exchange.method} ${exchange.path} of ${exchange.group}`,
        ).toEqual([lastUsageIn(exchange)].filter(Boolean))
        const [use] = uses
        const words = use === undefined ? undefined : estimateInput(request, response, sighted[0]?.model)
        if (use !== undefined && words !== undefined)
          errors.push(errorsOf(estimateOf(words, tiktoken), use.tokens, request))
      }
      const expected = group
        .filter((each) => each.method === 'POST')
        .flatMap((each) => readingOf(each, group) ?? [])
      expect(replayed, name).toEqual(spent)
      expect(spent.tokens, group[0]?.group).toEqual(summed(expected))
      const { requests, unknown, estimated } = spent
      expect(requests - unknown - (estimated?.requests ?? 0), group[0]?.group).toBe(expected.length)
      usages.push(spent)
    }
    tell(exchanges, sumUsage(usages))
    tellErrors(errors)
  },
)

async function within(
  name: string,
  mode: Mode,
  dir: string,
  upstream: string,
  group: readonly Exchange[],
  all: readonly Exchange[],
): Promise<Vcr> {
  await using vcr = await openCassette(name, { mode, dir, upstream })
  for (const exchange of group) {
    const { body } = await answererOf(vcr).handle(requestOf(exchange, all.indexOf(exchange)), {
      arrival: answererOf(vcr).arrive(),
      client: clientOf(undefined),
    })
    if (Symbol.asyncIterator in body) for await (const _ of body) continue
  }
  return vcr
}

function requestOf({ method, path, requestType, requestBody }: Exchange, number: number): HttpRequest {
  const type = requestType === undefined ? [] : [['content-type', requestType] as const]
  const headers = [...type, [EXCHANGE_HEADER, String(number)] as const]
  return { method, target: path, headers, body: requestBody }
}

/**
 * The usage that a request led to, read without the code under test: by patterns over text. What its
 * own answer does not tell is looked for in the answers of the group that are about the same object.
 */
function readingOf(exchange: Exchange, group: readonly Exchange[]): Tokens | undefined {
  const own = lastUsageIn(exchange)
  const id = /"id":\s*"((?:resp|run|chatcmpl|batch)[-_]\w+)"/.exec(exchange.body.toString())?.[1]
  if (id === undefined) return own
  if (exchange.path.includes(id)) return undefined
  return (
    own ??
    group
      .filter(({ path }) => path.includes(id))
      .flatMap((each) => lastUsageIn(each) ?? [])
      .at(-1)
  )
}

function lastUsageIn({ status, body }: Exchange): Tokens | undefined {
  if (status >= 300) return undefined
  const text = body.toString().replaceAll(/\s+/g, '')
  // A batch that was just made tells zeros, and the usage of an image tool is one of its own.
  if (text.includes('"object":"batch"')) return undefined
  const usages = [...text.matchAll(/(?<!_)"usage":(\{(?:[^{}]|\{[^{}]*\})*\})/g)].map(
    ([, usage]) => usage as string,
  )
  const last = usages.findLast((usage) => /_tokens":\d/.test(usage))
  return last === undefined ? undefined : tokensIn(last)
}

function tokensIn(usage: string): Tokens {
  const flat = usage.replaceAll(/"(\w+)_details":(\{[^{}]*\})/g, '')
  const detailsOf = (names: string): string =>
    new RegExp(`"(?:${names})_tokens?_details":(\\{[^{}]*\\})`).exec(usage)?.[1] ?? ''
  const number = (text: string, names: string): number | undefined => {
    const found = new RegExp(`"(?:${names})_tokens":(\\d+)[,}]`).exec(text)?.[1]
    return found === undefined ? undefined : Number(found)
  }
  const [input, output] = [detailsOf('prompt|input'), detailsOf('completion|output')]
  const told: Record<keyof Tokens, number | undefined> = {
    input: number(flat, 'prompt|input'),
    textInput: number(input, 'text'),
    audioInput: number(input, 'audio'),
    imageInput: number(input, 'image'),
    cachedInput: number(input, 'cached') ?? number(flat, 'cached'),
    cachedTextInput: undefined,
    cachedAudioInput: undefined,
    cachedImageInput: undefined,
    cacheWrites: number(input, 'cache_write'),
    output: number(flat, 'completion|output') ?? (number(flat, 'total') ?? 0) - (number(flat, 'prompt') ?? 0),
    textOutput: number(output, 'text'),
    audioOutput: number(output, 'audio'),
    imageOutput: number(output, 'image'),
    reasoning: number(output, 'reasoning'),
    training: undefined,
  }
  return Object.fromEntries(Object.entries(told).filter(([, count]) => count !== undefined))
}

function summed(all: readonly Tokens[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const each of all)
    for (const [kind, count] of Object.entries(each)) sums[kind] = (sums[kind] ?? 0) + count
  return sums
}

function tell(
  exchanges: readonly Exchange[],
  { requests, unknown, unpriced, usd, models, tokens, estimated }: Usage,
): void {
  const telling = exchanges.filter((exchange) => lastUsageIn(exchange) !== undefined).length
  expect(telling).toBeGreaterThan(90)
  const lines = models.map(
    (of) =>
      `${String(of.requests).padStart(5)}  ${of.model ?? '(no model)'}: ${of.unknown} unknown, ${of.estimated?.requests ?? 0} estimated, ${of.unpriced} unpriced, ${of.usd?.toFixed(6) ?? 'no'} USD`,
  )
  process.stdout.write(
    `${exchanges.length} real exchanges, ${telling} tell usage; ${requests} asked a model: ${requests - unknown - unpriced - (estimated?.requests ?? 0)} priced (${usd?.toFixed(6)} USD), ${unpriced} unpriced, ${estimated?.requests ?? 0} estimated (${estimated?.usd?.toFixed(6)} USD), ${unknown} unknown; ${tokens.input} tokens in, ${tokens.output} out\n${lines.join('\n')}\n`,
  )
}

/** By how much an estimate is off what was told, as a part of it. */
interface Errors {
  readonly input: number
  readonly output: number | undefined
  /** Whether the request has tools or a schema, of which nobody documents how they are counted. */
  readonly plain: boolean
}

function errorsOf(estimate: Tokens, told: Tokens, { body }: RecordedRequest): Errors {
  const off = (kind: 'input' | 'output'): number =>
    Math.abs((estimate[kind] ?? 0) - (told[kind] ?? 0)) / Math.max(1, told[kind] ?? 0)
  const plain = body.kind !== 'json' || !/"(?:tools|functions|json_schema)":/.test(body.text)
  return { input: off('input'), output: estimate.output === undefined ? undefined : off('output'), plain }
}

function tellErrors(errors: readonly Errors[]): void {
  const [plain, others] = [true, false].map((is) => errors.filter((each) => each.plain === is))
  const percent = (of: readonly number[]): string => `${((median(of) ?? 0) * 100).toFixed(1)} %`
  const line = (of: readonly Errors[] = [], what: string): string =>
    `${of.length} ${what}: input off by ${percent(of.map(({ input }) => input))} (median), output by ${percent(of.flatMap(({ output }) => output ?? []))}`
  process.stdout.write(
    `estimates checked against what was told: ${line(plain, 'plain prompts')}; ${line(others, 'with tools or schemas')}\n`,
  )
  expect(plain?.length).toBeGreaterThan(9)
  expect(others?.length).toBeGreaterThan(9)
  expect(Math.max(...(plain ?? []).map(({ input }) => input)), 'plain prompts are exact').toBe(0)
  expect(median(errors.flatMap(({ output }) => output ?? []))).toBeLessThan(0.05)
  expect(median((others ?? []).map(({ input }) => input))).toBeLessThan(0.13)
}

function median(numbers: readonly number[]): number | undefined {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}
