import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { CassetteError, UsageError } from '../messages/errors.ts'
import { EXIT, type SetExitStatus } from './terminal/exit.ts'
import { say, type World } from './terminal/world.ts'

/** Adds to a command its arguments, its options and what it does. */
type Define = (command: Command, world: World, setExitStatus: SetExitStatus) => void

interface Listed {
  readonly name: string
  /** What stands behind the name in the list of commands. */
  readonly synopsis: string
  readonly description: string
  /** A command is loaded only where it is run or its own help is shown. */
  load(): Promise<Define>
}

const COMMANDS: readonly Listed[] = [
  {
    name: 'demo',
    synopsis: '[options]',
    description: 'Show a replayed stream and a miss, from a cassette in this package: no key, no network.',
    load: async () => (await import('./demo/demo.ts')).defineDemo,
  },
  {
    name: 'serve',
    synopsis: '[options]',
    description: 'Start the standalone server. On SIGINT or SIGTERM it saves what it recorded and exits.',
    load: async () => (await import('./run/serve.ts')).defineServe,
  },
  {
    name: 'record',
    synopsis: '[options] <cmd...>',
    description:
      'Run a command and record the requests that it sends to OPENAI_BASE_URL. The recording is saved if the command succeeds.',
    load: async () => (await import('./run/run.ts')).defineRecord,
  },
  {
    name: 'replay',
    synopsis: '[options] <cmd...>',
    description:
      'Run a command and answer its requests to OPENAI_BASE_URL from cassettes: no key, no network.',
    load: async () => (await import('./run/run.ts')).defineReplay,
  },
  {
    name: 'list',
    synopsis: '[options]',
    description: 'List the cassettes in a directory.',
    load: async () => (await import('./cassettes/list.ts')).defineList,
  },
  {
    name: 'show',
    synopsis: '[options] <name>',
    description:
      'Show the requests and responses in a cassette. A stream is shown as the message that it adds up to.',
    load: async () => (await import('./cassettes/show.ts')).defineShow,
  },
  {
    name: 'stats',
    synopsis: '[options] [names...]',
    description: 'Show token usage, the cost of recording, and what replays have saved.',
    load: async () => (await import('./stats/stats.ts')).defineStats,
  },
  {
    name: 'diff',
    synopsis: '[options] <a> <b>',
    description:
      'Compare two recordings. Structural changes (fields, types, tools and their arguments, finish reasons, status) are listed apart from changes in wording. Exits with 1 if there are structural changes.',
    load: async () => (await import('./diff/diff.ts')).defineDiff,
  },
  {
    name: 'prune',
    synopsis: '[options]',
    description:
      'Remove interactions that were never played, according to reports of complete runs (replay --report FILE, serve --report FILE).',
    load: async () => (await import('./prune/prune.ts')).definePrune,
  },
  {
    name: 'rerecord',
    synopsis: '[options] [names...]',
    description:
      'Send the requests in cassettes to the API again and record the new responses. Needs OPENAI_API_KEY. A cassette is replaced only if all of its requests succeed and still fit the new responses. Exits with 1 if there are structural changes, or if a cassette could not be re-recorded. See docs/rerecording.md.',
    load: async () => (await import('./rerecord/rerecord.ts')).defineRerecord,
  },
]

/** Runs the command line and gives the exit status. */
export async function run(args: readonly string[], world: World): Promise<number> {
  let status: number = EXIT.ok
  const setExitStatus = (code: number): void => {
    status = code
  }
  try {
    const program = await programFor(args, world, setExitStatus)
    await program.parseAsync([...args], { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.ok
      // Without arguments, the help was printed.
      if (error.code !== 'commander.help') say(world, await withoutSecrets(refusal(error, args), world))
      return EXIT.usage
    }
    const text = error instanceof Error ? describe(error) : String(error)
    say(world, await withoutSecrets(text, world))
    return error instanceof CassetteError ? EXIT.finding : EXIT.usage
  }
}

/** All commands by name and description; the one that the arguments name, whole. */
async function programFor(
  args: readonly string[],
  world: World,
  setExitStatus: SetExitStatus,
): Promise<Command> {
  const program = withWorld(new Command('openai-vcr'), world)
    .description('Record real OpenAI traffic once, and replay it byte for byte.')
    .version(version())
    .enablePositionalOptions()
    .configureHelp({
      subcommandTerm: (command) =>
        `${command.name()} ${COMMANDS.find(({ name }) => name === command.name())?.synopsis ?? '[command]'}`,
    })
  const named = commandIn(args)
  for (const { name, description, load } of COMMANDS) {
    const command = withWorld(new Command(name), world).description(description)
    program.addCommand(command)
    if (name === named) (await load())(command, world, setExitStatus)
  }
  return program
}

function commandIn(args: readonly string[]): string | undefined {
  return args.find((arg) => COMMANDS.some(({ name }) => name === arg))
}

/** What commander refuses, as our own messages would put it. */
function refusal({ message }: CommanderError, args: readonly string[]): string {
  const help = ['openai-vcr', commandIn(args), '--help'].filter((word) => word !== undefined).join(' ')
  const refused = message
    .replace(/^error: /, '')
    .replaceAll(/'([^']*)'/g, '`$1`')
    .replace(/\n\(Did you mean (?:one of )?(.*)\?\)$/s, (_, names: string) => {
      const nearest = names.split(', ').map((name) => `\`${name}\``)
      return `; did you mean ${nearest.join(' or ')}?`
    })
  return `${refused}\nSee ${help}`
}

function withWorld(command: Command, { stdout, stderr }: World): Command {
  return command.exitOverride().configureOutput({
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
    // Printed where the command line ends, in our own words.
    outputError: () => {},
    getOutHelpWidth: () => stdout.columns ?? 80,
    getErrHelpWidth: () => stderr.columns ?? 80,
  })
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

/** What we foresaw speaks for itself; a fault of our own needs its stack. */
function describe(error: Error): string {
  const foreseen = error instanceof CassetteError || error instanceof UsageError
  return foreseen ? error.message : `unexpected: ${error.stack ?? error.message}`
}

async function withoutSecrets(text: string, { env }: World): Promise<string> {
  const { redactWith } = await import('../vcr/options/secrets.ts')
  return redactWith(env)(text)
}
