import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { CLI, finished, runCli, surroundings } from '../support/cli.ts'
import { localUpstream } from '../support/upstream.ts'
import { readCassettes, chat, completion } from './rerecord-cassettes.ts'
import { fileIn, rerecord } from './rerecording.ts'

const root = (folder: string): string => fileURLToPath(new URL(`../../${folder}`, import.meta.url))
const KEY = 'sk-of-whoever-rerecords-0123456789'

function upstream() {
  return localUpstream(async (req, res) => {
    const body = Buffer.concat(await req.toArray()).toString()
    const model = /"model":"([^"]+)"/.exec(body)?.[1] ?? ''
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify(completion(model, 'anew', 10)))
  })
}

for (const folder of ['examples/agent-suite/cassettes', 'examples/frameworks/cassettes']) {
  test(`--dry-run tells what the cassettes of ${folder} would take, without a key, and sends nothing`, async () => {
    const { status, stdout, stderr } = await runCli(['rerecord', '--dry-run', '--cassettes', root(folder)])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^cassette +recorded +requests +models +tokens in +out +cost$/)
    const cassettes = lines.filter((line) => / \d{4}-\d\d-\d\d +\d+ /.test(line))
    expect(stdout).toContain(`total: ${cassettes.length} cassettes`)
    for (const line of cassettes) expect(line).toMatch(/ (?:~?\$\d+\.\d+\+?|unknown|-)$/)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(160)
    const { stdout: json } = await runCli(['rerecord', '--dry-run', '--json', '--cassettes', root(folder)])
    const told = JSON.parse(json) as { cassettes: unknown[]; total: { requests: number } }
    expect(told.cassettes).toHaveLength(cassettes.length)
    expect(told.total.requests).toBeGreaterThan(10)
  })
}

test('--dry-run shows what is unknown, what is refused, and where a budget would stop', async () => {
  const unpriced = chat('unknown', { model: 'model-that-nobody-sells' })
  const secret = chat('my key is sk-redacted')
  const dir = await readCassettes({ a: [chat('a')], b: [unpriced], c: [chat('c'), chat('d')], d: [secret] })
  const args = ['rerecord', '--dry-run', '--cassettes', dir, '--budget', '0.005']
  const { stdout } = await runCli(args)
  const rows = stdout.split('\n').map((line) => line.replaceAll(/ +/g, ' '))
  expect(rows).toContain('a 2020-01-02 1 gpt-4o-mini 20,000 0 $0.0030')
  expect(rows).toContain('b 2020-01-02 1 model-that-nobody-sells 20,000 0 unknown')
  expect(rows).toContain('total: 3 cassettes 4 80,000 0 $0.0090+')
  expect(rows).toContain('+ and unknown: does not include 1 request without a known price')
  expect(rows).toContain("the budget of $0.0050 would stop the run before 'c'")
  expect(stdout).toContain(
    "'d' cannot be re-recorded: interaction 1 (POST /v1/chat/completions) sends a secret that the cassette only holds as sk-redacted: its real value is unknown",
  )
})

test('without a key nothing is sent, and the error names the variable to set', async () => {
  const dir = await readCassettes({ a: [chat('a')] })
  const { url, asked } = await upstream()
  const { status, stderr } = await runCli(['rerecord', '--yes', '--cassettes', dir, '--upstream', url])
  expect({ status, asked: asked() }).toEqual({ status: 2, asked: 0 })
  expect(stderr).toContain(`no API key for ${url}: set OPENAI_API_KEY`)
})

test('the key is sent to OpenAI or to the given --upstream, and not to the upstream that a cassette names', async () => {
  const { url, asked } = await upstream()
  const dir = await readCassettes({ a: [chat('a')] }, { upstream: url })
  const env = { OPENAI_API_KEY: KEY }
  const { status, stderr } = await runCli(['rerecord', '--yes', '--cassettes', dir], { env })
  expect({ status, asked: asked() }).toEqual({ status: 2, asked: 0 })
  expect(stderr).toContain(`pass --upstream ${url}`)
  expect((await rerecord(dir, url)).status).toBe(0)
})

test('without a terminal and without a yes nothing is sent', async () => {
  const dir = await readCassettes({ a: [chat('a')] })
  const { url, asked } = await upstream()
  const env = { OPENAI_API_KEY: KEY }
  const { status, stderr } = await runCli(['rerecord', '--cassettes', dir, '--upstream', url], { env })
  expect({ status, asked: asked() }).toEqual({ status: 2, asked: 0 })
  expect(stderr).toContain('pass --yes, or --dry-run')
})

test('a name that is not there is an error that names the nearest, before anything is sent', async () => {
  const dir = await readCassettes({ weather: [chat('a')], 'other/one': [chat('b')] })
  const { url, asked } = await upstream()
  const { status, stderr } = await rerecord(dir, url, ['other/one', 'wether'])
  expect({ status, asked: asked() }).toEqual({ status: 1, asked: 0 })
  expect(stderr).toContain("there is no cassette 'wether'")
  expect(stderr).toContain("Did you mean 'weather'?")
})

test('only named cassettes, or those that are old enough, are re-recorded', async () => {
  const dir = await readCassettes({ a: [chat('a')], b: [chat('b')] })
  const { url, asked } = await upstream()
  expect((await rerecord(dir, url, ['b'])).status).toBe(0)
  expect(asked()).toBe(1)
  const { stderr } = await rerecord(dir, url, ['--only-older-than', '30d'])
  expect(asked()).toBe(2)
  expect(stderr).toContain('a.yaml: 1 interaction')
  const again = await rerecord(dir, url, ['--only-older-than', '30d'])
  expect(again.stderr).toContain('nothing to do: 2 cassettes skipped as not old enough')
  const wrong = await rerecord(dir, url, ['--only-older-than', 'soon'])
  expect(wrong.stderr).toContain(
    '--only-older-than: expected an age in days, weeks, months or years, such as',
  )
})

test('--stale takes those that have grown older than they may', async () => {
  const dir = await readCassettes({ a: [chat('a')] }, { expires: '30d' })
  const { url, asked } = await upstream()
  await rerecord(dir, url, ['--stale'])
  expect(asked()).toBe(1)
  const text = await fileIn(dir, 'a')
  expect(text).toContain('expires: 30d')
  await rerecord(dir, url, ['--stale'])
  expect(asked()).toBe(1)
})

test('--model-map replaces a model in the requests, and in the cassette', async () => {
  const dir = await readCassettes({ a: [chat('a'), chat('b', { model: 'gpt-4' })] })
  const { url } = await upstream()
  const { stdout } = await rerecord(dir, url, ['--model-map', 'gpt-4o-mini=gpt-5-mini'])
  const text = await fileIn(dir, 'a')
  expect(text.match(/"model": "[^"]+"/g)).toEqual([
    ...Array.from({ length: 2 }, () => '"model": "gpt-5-mini"'),
    ...Array.from({ length: 2 }, () => '"model": "gpt-4"'),
  ])
  expect(stdout).toContain('gpt-5-mini')
  const wrong = await rerecord(dir, url, ['--model-map', 'gpt-5'])
  expect(wrong).toMatchObject({ status: 2 })
  expect(wrong.stderr).toContain(
    "--model-map: expected two models, such as 'gpt-4o-mini=gpt-5-mini', found 'gpt-5'",
  )
  const slip = await rerecord(dir, url, ['--model-map', 'gpt-4=gpt-4.1', '--model-map', 'gpt-4o-mini=gpt-5'])
  expect(slip).toMatchObject({ status: 2, stdout: '' })
  expect(slip.stderr).toContain("no request uses the model 'gpt-4o-mini'; the requests use gpt-4, gpt-5-mini")
  expect(await fileIn(dir, 'a')).toBe(text)
})

test.each(['', ' ', '$', '-1', '1e999', 'ten'])('a budget of %j is bad usage', async (budget) => {
  const dir = await readCassettes({ a: [chat('a')] })
  const { status, stderr } = await rerecord(dir, 'http://127.0.0.1:9', ['--budget', budget])
  expect(status).toBe(2)
  expect(stderr).toContain(`--budget: expected an amount of US dollars, such as 0.50, found '${budget}'`)
})

test('a cassette that another process writes meanwhile is left as that made it', async () => {
  const dir = await readCassettes({ a: [chat('a')] })
  const other = await readCassettes({ a: [chat('other')] })
  const theirs = await fileIn(other, 'a')
  const { url } = await localUpstream(async (_req, res) => {
    const { writeFile } = await import('node:fs/promises')
    await writeFile(path.join(dir, 'a.yaml'), theirs)
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify(completion('gpt-4o-mini', 'anew', 10)))
  })
  const { status, stderr } = await rerecord(dir, url)
  expect(stderr).toContain('was changed by another process during the run')
  expect(status).toBe(1)
  expect(await fileIn(dir, 'a')).toBe(theirs)
})

test('a directory without cassettes is nothing to do', async () => {
  const dir = await readCassettes({ a: [chat('a')] })
  await rm(path.join(dir, 'a.yaml'))
  const { status, stderr } = await rerecord(dir, 'http://127.0.0.1:9')
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'openai-vcr: no cassettes to re-record\n' })
})

test.skipIf(process.platform !== 'linux')(
  'on a terminal it shows what it may cost, asks, and draws a bar',
  async () => {
    const dir = await readCassettes({ a: [chat('a')], b: [chat('b')] })
    const { url, asked } = await upstream()
    const ask = async (answer: string): Promise<string> => {
      const command = `'${process.execPath}' '${CLI}' rerecord --cassettes '${dir}' --upstream ${url}`
      const child = spawn('script', ['-qec', command, '/dev/null'], {
        env: surroundings({ OPENAI_API_KEY: KEY, TERM: 'xterm' }),
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      child.stdout.on('data', (data: Buffer) => {
        if (data.includes('[y/N]')) child.stdin.write(`${answer}\n`)
      })
      const { stdout } = await finished(child)
      return stdout
    }
    const declined = await ask('n')
    expect(declined).toContain('total: 2 cassettes')
    expect(declined).toContain('nothing was sent')
    expect(asked()).toBe(0)
    const agreed = await ask('y')
    expect(agreed).toContain('of 2 requests')
    expect(agreed).toContain('2 of 2 cassettes re-recorded')
    expect(asked()).toBe(2)
  },
)

test('--concurrency says how many cassettes are recorded at a time; each sends one request after the other', async () => {
  const names = ['a', 'b', 'c', 'd']
  const dir = await readCassettes(Object.fromEntries(names.map((name) => [name, [chat(name), chat(name)]])))
  const mostAtOnce = async (concurrency: number): Promise<number[]> => {
    const inFlight: string[] = []
    let [most, mostOfOne] = [0, 0]
    let allAreHere = (): void => {}
    const meeting = new Promise<void>((resolve) => (allAreHere = resolve))
    const { url } = await localUpstream(async (req, res) => {
      const [, name = ''] = /"content":"(\w)"/.exec(Buffer.concat(await req.toArray()).toString()) ?? []
      inFlight.push(name)
      most = Math.max(most, inFlight.length)
      mostOfOne = Math.max(mostOfOne, inFlight.filter((each) => each === name).length)
      // Nobody is answered before as many ask as may.
      if (inFlight.length === concurrency) allAreHere()
      await meeting
      inFlight.splice(inFlight.indexOf(name), 1)
      res.setHeader('content-type', 'application/json')
      res.end(JSON.stringify(completion('gpt-4o-mini', 'anew', 10)))
    })
    expect((await rerecord(dir, url, ['--concurrency', String(concurrency)])).status).toBe(0)
    return [most, mostOfOne]
  }
  expect(await mostAtOnce(1)).toEqual([1, 1])
  expect(await mostAtOnce(3)).toEqual([3, 1])
  expect(await rerecord(dir, 'http://127.0.0.1:9', ['--concurrency', '0'])).toMatchObject({ status: 2 })
})
