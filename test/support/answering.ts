import { cutAt } from './packets.ts'
import { localUpstream } from './upstream.ts'

export interface Answer {
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Uint8Array
  readonly cut: number
}

/** An upstream that gives the next answer, its packets cut at places that `cut` tells. */
export async function answeringUpstream(): Promise<{ url: string; next: Answer }> {
  const state = { url: '', next: { headers: {}, body: new Uint8Array(0), cut: 0 } as Answer }
  const { url } = await localUpstream((req, res) => {
    req.resume()
    const { headers, body, cut } = state.next
    res.writeHead(200, headers)
    for (const packet of cutAt(body, [cut, cut * 3, cut * 7])) res.write(packet)
    res.end()
  })
  state.url = url
  return state
}
