import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { startStandIn } from '../stand-in/start.ts'
import { selfSigned } from '../support/certificate.ts'
import { type Finished, runCli } from '../support/cli.ts'
import { program } from '../support/programs.ts'
import { tempDir } from '../support/temp.ts'
import { localUpstream } from '../support/upstream.ts'

const CLIENT = fileURLToPath(new URL('tls-client.ts', import.meta.url))

/** No certificates of those who run the tests. */
const NONE = { NODE_EXTRA_CA_CERTS: '', SSL_CERT_FILE: '' }

test('record --tls and replay --tls: a command that speaks wss needs to know of nothing', async () => {
  const [dir, upstream] = [await tempDir(), await startStandIn()]
  const common = ['--tls', '--cassettes', dir, '--cassette', 'voice']
  const command = ['--', process.execPath, CLIENT]
  const recorded = await runCli(['record', ...common, '--upstream', upstream.url, ...command], { env: NONE })
  expect(recorded.stderr).toContain('recorded 3 interactions')
  expect(recorded).toMatchObject({ status: 0 })
  await upstream.close()
  const replayed = await runCli(['replay', ...common, ...command], { env: NONE })
  expect(replayed.stderr).toMatch(/^openai-vcr: replaying cassette 'voice' at https:/m)
  expect(replayed).toMatchObject({ status: 0, stdout: recorded.stdout })
  expect(recorded.stdout).toMatch(/response\.output_audio\.delta.*response\.completed/)
}, 60_000)

test.each(['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])(
  'what a command was told to trust by %s it still trusts, and the files are gone with it',
  async (name) => {
    const { url, ca } = await ownServer()
    const { status, stdout, stderr } = await underReplay(asking(name, url), { env: { ...NONE, [name]: ca } })
    expect({ status, stderr }).toMatchObject({ status: 0 })
    const { answers, files } = JSON.parse(stdout) as Asked
    expect(answers).toEqual(['https:', 'mine'])
    expect(files).toHaveLength(name === 'SSL_CERT_FILE' ? 1 : 2)
    for (const file of files) expect([file, existsSync(file)]).toEqual([file, false])
    expect(files).not.toContain(ca)
  },
)

test('to OpenSSL, which asks SSL_CERT_FILE alone, the authorities of the world stay known', async () => {
  const count = `
    import { readFileSync } from 'node:fs'
    console.log(readFileSync(process.env.SSL_CERT_FILE, 'utf8').split('BEGIN CERTIFICATE').length - 1)
  `
  const { stdout } = await underReplay([...(await program(count))], { env: NONE })
  expect(Number(stdout)).toBeGreaterThan(50)
})

test('a file of certificates that cannot be read is bad usage, and the command is not run', async () => {
  const file = path.join(await tempDir(), 'none.pem')
  for (const name of Object.keys(NONE)) {
    const { status, stdout, stderr } = await underReplay(await program("console.log('ran')"), {
      env: { ...NONE, [name]: file },
    })
    expect(stderr).toMatch(
      new RegExp(`cannot read the file that ${name} names: ENOENT.*Correct the path, or unset ${name}`),
    )
    expect([status, stdout]).toEqual([2, ''])
  }
})

test('record --tls-cert and --tls-key: a certificate of the user, which the command trusts', async () => {
  const dir = await tempDir()
  const [cert, key] = [path.join(dir, 'my c.pem'), path.join(dir, 'k.pem')]
  const own = selfSigned('localhost')
  await Promise.all([writeFile(cert, own.cert), writeFile(key, own.key)])
  const upstream = await localUpstream((req, res) => void res.end(`answer to ${req.url}`))
  // The certificate is for the name, and the server listens at the address.
  const ask = await program(`
    const response = await fetch(process.env.OPENAI_BASE_URL.replace('127.0.0.1', 'localhost') + '/models')
    console.log(await response.text())
  `)
  const flags = ['--cassettes', dir, '--tls-cert', cert, '--tls-key', key]
  const recorded = await runCli(['record', ...flags, '--upstream', upstream.url, '--', ...ask], { env: NONE })
  expect(recorded).toMatchObject({ status: 0, stdout: 'answer to /v1/models\n' })
  const missed = await runCli(['replay', ...flags, '--cassette', 'other', '--', ...ask], { env: NONE })
  expect(missed.stderr).toContain(
    `npx openai-vcr record --tls-cert '${cert}' --tls-key ${key} --cassette other -- `,
  )
  const half = await runCli(['record', '--tls-cert', cert, '--', ...ask], { env: NONE })
  expect(half).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('must be given together') as string,
  })
})

/** A server of the user's own, that has nothing to do with ours. */
async function ownServer(): Promise<{ url: string; ca: string }> {
  const identity = selfSigned()
  const server = createServer(identity, (_req, res) => void res.end('mine'))
  server.listen(0, 'localhost')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const ca = path.join(await tempDir(), 'own-ca.pem')
  await writeFile(ca, identity.cert)
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, ca }
}

interface Asked {
  readonly answers: readonly string[]
  readonly files: readonly string[]
}

/** Asks our server and the user's, trusting as Node does or, by SSL_CERT_FILE, as OpenSSL does. */
function asking(name: string, url: string): readonly string[] {
  const source = `
    const base = process.env.OPENAI_BASE_URL
    const answers = [(await fetch(base.replace(/v1$/, '_vcr/health'))) && new URL(base).protocol]
    answers.push(await (await fetch('${url}')).text())
    const files = [process.env.NODE_EXTRA_CA_CERTS, process.env.SSL_CERT_FILE].filter(Boolean)
    console.log(JSON.stringify({ answers, files }))
  `
  const node = [process.execPath, '--input-type=module', '-e', source]
  return name === 'SSL_CERT_FILE'
    ? ['env', '-u', 'NODE_EXTRA_CA_CERTS', ...node.toSpliced(1, 0, '--use-openssl-ca')]
    : node
}

async function underReplay(
  command: readonly string[],
  options: { env: Record<string, string> },
): Promise<Finished> {
  return runCli(['replay', '--tls', '--cassettes', await tempDir(), '--', ...command], options)
}
