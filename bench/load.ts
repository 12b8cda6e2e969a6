import autocannon from 'autocannon'
import type { Exchange } from './exchanges.ts'

export interface Load {
  /** Right answers a second. */
  readonly rate: number
  /** Answers that were no 2xx, or did not come. */
  readonly wrong: number
}

const CONNECTIONS = 10

/** Asks one server the exchange's questions in turn, over and over, for some seconds. */
export async function load(base: string, exchange: Exchange, seconds: number): Promise<Load> {
  const result = await autocannon({
    url: base + exchange.path,
    method: 'POST',
    headers: exchange.requestHeaders,
    requests: exchange.requestBodies.map((body) => ({ body })),
    connections: CONNECTIONS,
    duration: seconds,
  })
  return {
    rate: result['2xx'] / result.duration,
    wrong: result.non2xx + result.errors + result.timeouts + result.resets,
  }
}
