/** Sends the request of `openai-vcr demo`, so that `npm run rerecord:examples` can record demo/question.yaml. */
const response = await fetch(`${process.env['OPENAI_BASE_URL']}/chat/completions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${process.env['OPENAI_API_KEY']}` },
  body: JSON.stringify({
    model: 'gpt-5.4-mini',
    messages: [{ role: 'user', content: 'Why should a test not call a live model?' }],
    stream: true,
  }),
})
if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`)
await response.text()

export {}
