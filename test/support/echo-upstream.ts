import { type LocalUpstream, localUpstream, readAll } from './upstream.ts'

/** An upstream that tells what it was asked, and the how manieth request that was. */
export function echoUpstream(): Promise<LocalUpstream> {
  let asked = 0
  return localUpstream(async (req, res) => {
    const body = (await readAll(req)).toString()
    const { messages } = JSON.parse(body || '{"messages":[{"content":""}]}') as {
      messages: { content: string }[]
    }
    res
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ text: `${messages[0]?.content} ${++asked}` }))
  })
}

/** A module of a project under test, for what such an upstream answers. */
export const ASK = `
  export async function ask(content, fetchBy = fetch) {
    const response = await fetchBy('https://api.openai.com/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content }] }),
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(answer.error.message)
    return answer.text
  }
`
