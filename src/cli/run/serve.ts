import type { Command } from 'commander'
import { PORT, serve } from '../../server/serve.ts'
import { EXIT, type SetExitStatus } from '../terminal/exit.ts'
import { flagNumber } from '../flags/flag-values.ts'
import { resolveFlags, type ServerFlags, withModeFlag, withServerFlags } from '../flags/server-flags.ts'
import { writeReport } from './report-file.ts'
import { sayRecorded, sayReplayed } from './run-summary.ts'
import { type RunFlags, withRunFlags } from './run-flags.ts'
import { print, say, type World } from '../terminal/world.ts'
import { type TlsFlags, tlsOf, withTlsFlags } from './tls-flags.ts'

export function defineServe(command: Command, world: World, setExitStatus: SetExitStatus): void {
  withTlsFlags(withRunFlags(withServerFlags(withModeFlag(command))))
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 picks a free one', flagNumber('--port', PORT), 8080)
    .action(async (flags: ServeFlags) => {
      const options = resolveFlags(world, flags)
      const server = await serve({
        options,
        env: world.env,
        cassette: flags.cassette,
        repeat: flags.repeat,
        sessionIdle: flags.sessionIdle,
        host: flags.host,
        port: flags.port,
        tls: tlsOf(flags),
        warn: (message) => say(world, message),
      })
      const stopped = nextSignal(world)
      print(world, `openai-vcr listening on ${server.url}`)
      if (server.certificate !== undefined) say(world, howToTrust(server.certificate))
      say(world, `mode ${options.mode}, cassettes in ${options.dir}`)
      await stopped
      const report = await server.close()
      sayRecorded(world, report)
      sayReplayed(world, report)
      if (flags.report !== undefined) await writeReport(world, flags.report, server, true)
      setExitStatus(report.failures.length > 0 ? EXIT.finding : EXIT.ok)
    })
}

interface ServeFlags extends ServerFlags, RunFlags, TlsFlags {
  readonly host: string
  readonly port: number
}

/** The setting is on a line of its own, so that it is easy to copy. */
function howToTrust(file: string): string {
  return `to trust the server's certificate, start clients with:\n  NODE_EXTRA_CA_CERTS=${file}`
}

/** Resolves at the first signal. Further ones, from npx or an impatient user, must not end us before recordings are written. */
function nextSignal({ onSignal }: World): Promise<void> {
  return new Promise((resolve) => {
    onSignal(() => resolve())
  })
}
