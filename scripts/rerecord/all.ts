import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { nearestWord } from '../../src/messages/nearest-word.ts'
import { sumUsage } from '../../src/api/usage.ts'
import type { World } from '../../src/cli/terminal/world.ts'
import { startStandIn } from '../../test/stand-in/start.ts'
import { type From, record, type Recorded } from './record.ts'
import { type Scenario, SCENARIOS } from './scenarios.ts'

const CASSETTES = fileURLToPath(new URL('../../cassettes', import.meta.url))
const OPENAI = 'https://api.openai.com'

type Terminal = Pick<World, 'env' | 'stdin' | 'stdout' | 'stderr'>

interface Flags {
  readonly yes: boolean
  readonly upstream: string
  readonly to: string
}

/** Records all scenarios, or those named, and gives the exit status. */
export async function rerecord(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values: flags, positionals: named } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      yes: { type: 'boolean', default: false },
      upstream: { type: 'string', default: OPENAI },
      to: { type: 'string', default: CASSETTES },
    },
  })
  if (terminal.env['CI']) return refuse(terminal, 'nothing is recorded under CI')
  const unknown = named.find((name) => !Object.hasOwn(SCENARIOS, name))
  if (unknown !== undefined) {
    const nearest = nearestWord(unknown, Object.keys(SCENARIOS))
    return refuse(
      terminal,
      `there is no scenario '${unknown}'${nearest === undefined ? '' : `; did you mean '${nearest}'?`}`,
    )
  }
  const chosen = Object.entries(SCENARIOS).filter(([name]) => named.length === 0 || named.includes(name))
  const apiKey = terminal.env['OPENAI_API_KEY'] || undefined
  const costly = chosen.map(([, each]) => each).filter(({ isMadeUp }) => apiKey !== undefined && !isMadeUp)
  if (!(await mayCost(terminal, costly, flags))) return 2

  const standIn = await startStandIn()
  try {
    const madeUp: From = { upstream: standIn.url, apiKey: 'no-real-key', isStandIn: true }
    const real: From = { upstream: flags.upstream, apiKey: apiKey ?? '', isStandIn: false }
    const all: (Recorded | undefined)[] = []
    // One after the other: they share this process's network, and the account's limits.
    for (const [name, scenario] of chosen) {
      const from = apiKey === undefined || scenario.isMadeUp ? madeUp : real
      all.push(await tell(terminal, name, from, () => record(name, scenario, from, flags.to)))
    }
    return sumUp(terminal, all)
  } finally {
    await standIn.close()
  }
}

/** Asks on a terminal, unless `--yes` is given. */
async function mayCost(
  terminal: Terminal,
  costly: readonly Scenario[],
  { yes, upstream }: Flags,
): Promise<boolean> {
  if (costly.length === 0) return true
  const cents = Math.ceil(100 * costly.reduce((sum, { usd }) => sum + usd, 0))
  const what = `${count(costly.length, 'scenario')} at ${upstream}, about ${(cents / 100).toFixed(2)} USD at most`
  terminal.stderr.write(`${what}\n`)
  if (yes) return true
  if (!terminal.stdin.isTTY) {
    refuse(terminal, 'there is no terminal to ask at: give --yes')
    return false
  }
  const asking = createInterface({ input: terminal.stdin, output: terminal.stderr })
  const answer = await asking.question('Record them? [y/N] ')
  asking.close()
  return /^y(?:es)?$/i.test(answer.trim())
}

async function tell(
  { stdout, stderr }: Terminal,
  name: string,
  { upstream, isStandIn }: From,
  work: () => Promise<Recorded>,
): Promise<Recorded | undefined> {
  try {
    const recorded = await work()
    const { interactions, isNew } = recorded
    const from = `from ${isStandIn ? 'the stand-in' : upstream}`
    const news = isNew ? [] : ['the same as before']
    const line = [`${count(interactions, 'interaction')} ${from}`, ...costOf([recorded]), ...news]
    stdout.write(`${name}: ${line.join(', ')}\n`)
    return recorded
  } catch (error) {
    stdout.write(`${name}: not recorded, what was there stays\n`)
    stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    return undefined
  }
}

function sumUp({ stdout }: Terminal, all: readonly (Recorded | undefined)[]): number {
  const recorded = all.filter((each) => each !== undefined)
  const interactions = recorded.reduce((sum, each) => sum + each.interactions, 0)
  const fresh = recorded.filter(({ isNew }) => isNew).length
  const failed = all.length - recorded.length
  const line = [
    `${count(recorded.length, 'scenario')}, ${count(interactions, 'interaction')}`,
    `${count(fresh, 'cassette')} written, ${failed} failed`,
    ...costOf(recorded),
  ]
  stdout.write(`${line.join('; ')}\n`)
  return failed === 0 ? 0 : 1
}

/** What the real API took, in US dollars; of a scenario that failed nobody knows. */
function costOf(recorded: readonly Recorded[]): string[] {
  const spent = recorded.flatMap((each) => each.spent ?? [])
  if (spent.length === 0) return []
  const { usd, unknown, unpriced } = sumUsage(spent)
  return [`${unknown + unpriced > 0 ? 'at least ' : ''}${(usd ?? 0).toFixed(4)} USD`]
}

function refuse({ stderr }: Terminal, why: string): number {
  stderr.write(`rerecord: ${why}\n`)
  return 2
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`
}
