import http from 'node:http'

export interface Seen {
  /** Whether every event came, and after the one before it. */
  readonly ordered: boolean
  /** How much later than recorded the latest event came, in ms. */
  readonly lateness: number
}

/**
 * Reads a stream of numbered events to its end, and keeps none of it.
 * @param apart between two events of the recording, in ms
 */
export function readStream(base: string, events: number, apart: number): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    let [seen, ordered, lateness] = [0, true, 0]
    let rest = ''
    const asked = http.request(`${base}/v1/chat/completions`, { method: 'POST', agent: false }, (res) => {
      res.setEncoding('latin1')
      res.on('data', (text: string) => {
        const at = performance.now() - began
        rest += text
        for (const [, n] of rest.matchAll(/data: \{"n":(\d+),[^\n]*\n\n/g)) {
          ordered &&= Number(n) === seen
          lateness = Math.max(lateness, at - Number(n) * apart)
          seen++
        }
        rest = rest.slice(rest.lastIndexOf('\n\n') + 2)
      })
      res.on('end', () => resolve({ ordered: ordered && seen === events, lateness }))
      res.on('error', reject)
    })
    asked.on('error', reject).end('{}')
  })
}
