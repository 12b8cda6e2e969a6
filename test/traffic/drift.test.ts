import { expect, test } from 'vitest'
import type { Cassette, Interaction, ResponseBody } from '../../src/cassette/cassette.ts'
import type { Drift } from '../../src/api/drift.ts'
import { driftOf } from '../../src/drift/drift.ts'
import { isJsonObject, type Json, type JsonObject, jsonText, parseJson } from '../../src/json/json.ts'
import { driftRules } from '../../src/openai/drift/drift-rules.ts'
import { textsOf } from '../support/drifting.ts'
import { asCassette } from './as-cassette.ts'
import { type Exchange, readExchanges, trafficIsThere } from './exchanges.ts'

const LONG = 240_000

// Said once, so that a run without real traffic is not taken for one with it.
if (!trafficIsThere) process.stderr.write('real traffic is not there: its drift is not tested\n')

const exchanges = trafficIsThere ? readExchanges() : []
const groups = [...Map.groupBy(exchanges, ({ group }) => group)]
const drift = (before: Cassette, after: Cassette): Drift => driftOf(before, after, driftRules)

test.skipIf(!trafficIsThere)('no recording drifts from itself', { timeout: LONG }, () => {
  for (const [group, all] of groups) {
    const cassette = asCassette(all)
    expect(drift(cassette, cassette), group).toMatchObject({ interactions: [], unchanged: all.length })
  }
})

test.skipIf(!trafficIsThere)(
  'ids and times that are others throughout are no drift',
  { timeout: LONG },
  () => {
    let renamed = 0
    for (const [group, all] of groups) {
      const ids = idsIn(all)
      const again = all.map((exchange) => ({
        ...exchange,
        path: otherwise(exchange.path, ids),
        requestBody: Buffer.from(otherwise(exchange.requestBody.toString('latin1'), ids), 'latin1'),
        body: Buffer.from(later(otherwise(exchange.body.toString('latin1'), ids)), 'latin1'),
      }))
      renamed += ids.size
      expect(textsOf(drift(asCassette(all), asCassette(again))), group).toEqual({ kind: [], words: [] })
    }
    expect(renamed).toBeGreaterThan(200)
  },
)

test.skipIf(!trafficIsThere)('a chat stream that is cut otherwise is no drift', { timeout: LONG }, () => {
  let cut = 0
  for (const [group, all] of groups) {
    const before = asCassette(all)
    const after = { ...before, interactions: before.interactions.map(cutOtherwise) }
    cut += after.interactions.filter(
      ({ response }, i) => response !== before.interactions[i]?.response,
    ).length
    expect(textsOf(drift(before, after)), group).toEqual({ kind: [], words: [] })
  }
  expect(cut).toBeGreaterThan(5)
})

test.skipIf(!trafficIsThere)(
  'every member that is taken out of an answer is one change in kind',
  { timeout: LONG },
  () => {
    let taken = 0
    for (const exchange of exchanges) {
      const before = asCassette([exchange])
      const [interaction] = before.interactions as [Interaction]
      const { body } = interaction.response
      if (body.kind !== 'json' && body.kind !== 'text') continue
      for (const { name, text } of withoutOne(body.text)) {
        const shorter: ResponseBody = { ...body, text }
        const after = {
          ...before,
          interactions: [{ ...interaction, response: { ...interaction.response, body: shorter } }],
        }
        const { kind, words } = textsOf(drift(before, after))
        taken++
        expect({ words, kinds: kind.length }, `${exchange.group} ${name}: ${kind.join('; ')}`).toEqual({
          words: [],
          kinds: 1,
        })
        expect(kind[0], exchange.group).toContain(name)
      }
    }
    process.stdout.write(`${taken} members of real answers, each missed\n`)
    expect(taken).toBeGreaterThan(1000)
  },
)

test.skipIf(!trafficIsThere)(
  'between two answers to one request a report tells what a person would',
  { timeout: LONG },
  () => {
    const reports = groups.flatMap(([, all]) =>
      repeated(all).map(([a, b]) => drift(asCassette([a]), asCassette([b]))),
    )
    const kinds = new Set(reports.map((report) => textsOf(report).kind.join('; ')))
    const same = reports.filter(({ interactions }) => interactions.length === 0).length
    const words = reports.filter(
      (report) => report.interactions.length > 0 && textsOf(report).kind.length === 0,
    )
    process.stdout.write(
      `${reports.length} requests were made again: ${same} answers are the same, ${words.length} in other words, ${reports.length - same - words.length} of another kind\n`,
    )
    expect(reports.length).toBeGreaterThan(40)
    expect(words.flatMap((report) => textsOf(report).words).join('\n')).toMatch(
      /^\$\.choices\[\]\.delta\.content: "Why did the developer .* → "Sure! Here's a /m,
    )
    expect([...kinds].map((kind) => kind.slice(0, 70)).toSorted()).toEqual([
      '',
      '$.status: "in_progress" → "completed"; $.usage: null → object',
      '$.status: "in_progress" → "requires_action"; $.required_action: null →',
      '$.status: "requires_action" → "in_progress"; $.required_action: object',
      'added: $.output[message] (object); $.service_tier: "auto" → "default";',
      'status: 200 → 404; body: JSON → an error, JSON: not_found, Completion ',
      'status: 200 → 503; content type: application/json → text/plain; remove',
      'status: 404 → 200; body: an error, JSON: not_found, Completion chatcmp',
      'status: 500 → 200; added: header openai-version; body: an error, JSON:',
      'status: 503 → 200; content type: text/plain → application/json; added:',
    ])
  },
)

/** An exchange and the next one with the same request, all through a recording. */
function repeated(all: readonly Exchange[]): (readonly [Exchange, Exchange])[] {
  const equal = Map.groupBy(all, ({ method, path, requestBody }) =>
    [method, path, requestBody.toString('base64')].join(' '),
  )
  return [...equal.values()].flatMap((same) =>
    same.slice(1).map((each, i) => [same[i] as Exchange, each] as const),
  )
}

/** Ids as they stand in answers, each with another of the same look. */
function idsIn(all: readonly Exchange[]): Map<string, string> {
  const text = all.map(({ body }) => body.toString('latin1')).join('\n')
  const found = text.matchAll(/"(?:id|[a-z]+_id)":\s*"([a-z]{2,9}[-_])((?=\w*\d)[A-Za-z0-9]{12,})"/g)
  return new Map([...found].map(([, prefix = '', tail = '']) => [prefix + tail, prefix + turned(tail)]))
}

function turned(tail: string): string {
  return tail.replaceAll(/[a-z0-9]/g, (char) =>
    char === '9' ? '0' : char === 'z' ? 'a' : String.fromCharCode(char.charCodeAt(0) + 1),
  )
}

function otherwise(text: string, ids: ReadonlyMap<string, string>): string {
  return ids.size === 0
    ? text
    : text.replaceAll(new RegExp([...ids.keys()].join('|'), 'g'), (id) => ids.get(id) as string)
}

/** Times some seconds later. */
function later(text: string): string {
  return text.replaceAll(/("(?:created|[a-z_]+_at)":\s*\d{9})\d/g, '$17')
}

/** A chat stream with every text of two characters or more in two events. */
function cutOtherwise(interaction: Interaction): Interaction {
  const { body } = interaction.response
  if (body.kind !== 'events' || !body.events.some(({ raw }) => SAID.test(raw))) return interaction
  const events = body.events.flatMap(({ raw, offset }) => {
    const [, head = '', text = '', tail = ''] = SAID.exec(raw) ?? []
    if (text === '') return [{ raw, offset }]
    return [text.slice(0, 1), text.slice(1)].map((part) => ({ offset, raw: head + part + tail }))
  })
  return { ...interaction, response: { ...interaction.response, body: { kind: 'events', events } } }
}

/** Plain letters alone, so that no character is cut in two. */
const SAID = /^(data: \{.*"delta":\s*\{[^{}]*"content":\s*")([ A-Za-z]{2,})("[^]*)$/

interface Without {
  readonly name: string
  readonly text: string
}

/** The JSON with one member left out, for each member whose path differs, up to some hundred. */
function* withoutOne(text: string): Generator<Without> {
  const root = parseJson(text)
  if (typeof root !== 'object' || root === null) return
  const known = new Set<string>()
  const todo: { readonly place: readonly (string | number)[]; readonly value: Json }[] = [
    { place: [], value: root },
  ]
  for (let each = todo.shift(); each !== undefined && known.size < MEMBERS; each = todo.shift()) {
    const { place, value } = each
    if (Array.isArray(value))
      for (const [i, inner] of value.entries()) todo.push({ place: [...place, i], value: inner as Json })
    if (!isJsonObject(value)) continue
    for (const [name, inner] of Object.entries(value)) {
      const path = [...place, name].map((key) => (typeof key === 'number' ? '[]' : key)).join('.')
      if (!known.has(path) && !path.includes('top_logprobs.[].')) {
        known.add(path)
        yield { name, text: jsonText(without(root, [...place, name])) }
      }
      todo.push({ place: [...place, name], value: inner })
    }
  }
}

const MEMBERS = 300

function without(value: Json, [key, ...rest]: readonly (string | number)[]): Json {
  if (Array.isArray(value))
    return value.map((item, i) => (i === key ? without(item as Json, rest) : (item as Json)))
  const entries = Object.entries(value as JsonObject)
  return Object.fromEntries(
    rest.length === 0
      ? entries.filter(([name]) => name !== key)
      : entries.map(([name, inner]) => [name, name === key ? without(inner, rest) : inner]),
  )
}
