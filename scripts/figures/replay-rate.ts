import { chat, type Exchange } from '../../bench/exchanges.ts'
import { load } from '../../bench/load.ts'
import { startOurs } from '../../bench/servers.ts'
import { median } from '../../bench/table.ts'

const ROUNDS = 5
const ROUND_SECONDS = 2

/**
 * The rate at which the standalone server replays one POST that is repeated, as a share of that at which a bare
 * node:http server sends the same bytes: the median over rounds that take turns, so that whatever else the machine does
 * slows down both.
 */
export async function shareOfBareRate(dir: string, bareUrl: string): Promise<number> {
  const ours = await startOurs(['--mode', 'replay', '--cassettes', dir, '--cassette', 'chat'])
  try {
    const shares: number[] = []
    // The first is to warm up.
    for (let round = 0; round <= ROUNDS; round++) {
      const rate = await rateOf(ours.url, chat)
      const bare = await rateOf(`${bareUrl}/chat`, chat)
      if (round > 0) shares.push(rate / bare)
    }
    return median(shares)
  } finally {
    await ours.stop()
  }
}

async function rateOf(url: string, exchange: Exchange): Promise<number> {
  const { rate, wrong } = await load(url, exchange, ROUND_SECONDS)
  if (wrong > 0) throw new Error(`${wrong} answers of ${url} were no 2xx, or did not come`)
  return rate
}
