import { type LocalUpstream, localUpstream, readAll } from '../support/upstream.ts'

/** What reached the upstream, as it came. */
export interface Reached {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

export interface Echo extends LocalUpstream {
  readonly reached: readonly Reached[]
}

/** An upstream that sends a request's bytes back, under the request's type. */
export async function echoUpstream(): Promise<Echo> {
  const reached: Reached[] = []
  const upstream = await localUpstream(async (req, res) => {
    const body = await readAll(req)
    reached.push({ method: req.method ?? '', target: req.url ?? '', headers: req.headers, body })
    res
      .writeHead(200, { 'content-type': req.headers['content-type'] ?? 'application/octet-stream' })
      .end(body)
  })
  return { ...upstream, reached }
}
