import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import { expect, test } from 'vitest'
import { startServer, type TlsOptions } from '../../src/server/start.ts'
import { startStandIn } from '../stand-in/start.ts'
import { selfSigned } from '../support/certificate.ts'
import { type CliServer, runCli, runProgram, startCli } from '../support/cli.ts'
import { tempDir } from '../support/temp.ts'

const PROGRAM = new URL('tls-client.ts', import.meta.url)

test('serve --tls: a program that trusts what it was told to speaks wss, recorded and replayed', async () => {
  const [dir, upstream] = [await tempDir(), await startStandIn()]
  const recording = await startCli([
    '--tls',
    '--mode',
    'record',
    '--cassettes',
    dir,
    '--upstream',
    upstream.url,
  ])
  const recorded = await runProgram(PROGRAM, [recording.url], {
    NODE_EXTRA_CA_CERTS: await certificateOf(recording),
  })
  expect(recorded).toMatchObject({ status: 0, stderr: '' })
  expect(await recording.stop()).toBe(0)
  await upstream.close()
  const replaying = await startCli(['--tls', '--cassettes', dir])
  expect(replaying.url).toMatch(/^https:/)
  const replayed = await runProgram(PROGRAM, [replaying.url], {
    NODE_EXTRA_CA_CERTS: await certificateOf(replaying),
  })
  expect(replayed).toEqual(recorded)
  expect(recorded.stdout).toMatch(/response\.output_audio\.delta.*response\.completed/)
}, 60_000)

test('serve --tls-cert and --tls-key: a certificate of the user', async () => {
  const dir = await tempDir()
  const [cert, key] = [path.join(dir, 'c.pem'), path.join(dir, 'k.pem')]
  const own = selfSigned()
  await Promise.all([writeFile(cert, own.cert), writeFile(key, own.key)])
  const server = await startCli(['--tls-cert', cert, '--tls-key', key, '--cassettes', dir])
  expect(server.url).toMatch(/^https:/)
  expect(await certificateOf(server)).toBe(cert)
  expect(await server.stop()).toBe(0)
})

test('a certificate without its key, or an invalid one, is bad usage', async () => {
  const dir = await tempDir()
  const file = path.join(dir, 'c.pem')
  await writeFile(file, 'no certificate')
  const wrong: readonly [readonly string[], RegExp][] = [
    [['--tls-cert', file], /--tls-cert and --tls-key must be given together/],
    [['--tls-cert', file, '--tls-key', file], /are not a certificate and its key in PEM format/],
    [['--tls-cert', path.join(dir, 'none'), '--tls-key', file], /cannot read --tls-cert: .*ENOENT/],
  ]
  for (const [args, told] of wrong) {
    const { status, stderr } = await runCli(['serve', '--port', '0', '--cassettes', dir, ...args])
    expect(stderr).toMatch(told)
    expect(status).toBe(2)
  }
})

test('in code, tls may be told to be off, and what is no certificate is an error that names the option', async () => {
  const dir = await tempDir()
  const server = await startServer({ dir, tls: false })
  expect(server.url).toMatch(/^http:/)
  await server.close()
  for (const tls of ['yes', null, { cert: 'c.pem' }] as unknown as TlsOptions[])
    await expect(startServer({ dir, tls })).rejects.toThrow(
      /option `tls(?:\.key)?`: expected (?:true, or an object with PEM files|the name of a PEM file), such as/,
    )
})

/** As it is told on stderr, a moment after the URL on stdout. */
async function certificateOf(server: CliServer): Promise<string> {
  for (;;) {
    const file = /NODE_EXTRA_CA_CERTS=(.+)/.exec(server.output())?.[1]
    if (file !== undefined) return file
    await new Promise((resolve) => setImmediate(resolve))
  }
}
