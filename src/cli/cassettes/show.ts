import type { Command } from 'commander'
import type { Interaction } from '../../cassette/cassette.ts'
import { CassetteError } from '../../messages/errors.ts'
import { readCassette } from '../../engine/library/read-cassette.ts'
import { whyAbsent } from '../../engine/library/search-scope.ts'
import { FileStore } from '../../node/file-store.ts'
import { summarizeRequest, summarizeResponse, type SummaryLine } from '../../openai/answers/summary.ts'
import { cassetteDir, type CassettesFlag, withCassettesFlag } from '../flags/cassettes-flag.ts'
import { print, type World } from '../terminal/world.ts'

export function defineShow(command: Command, world: World): void {
  withCassettesFlag(command)
    .argument('<name>', 'name of the cassette')
    .option('--json', 'print JSON')
    .action(async (name: string, flags: CassettesFlag & { json?: true }) => {
      const store = new FileStore(cassetteDir(world, flags))
      const { cassette } = await readCassette(store, name)
      if (cassette === undefined)
        throw new CassetteError(`there is no cassette '${name}': ${await whyAbsent(store, name)}`)
      if (flags.json)
        print(
          world,
          JSON.stringify({ name, ...cassette, interactions: cassette.interactions.map(toJson) }, null, 2),
        )
      else print(world, cassette.interactions.map(toText).join('\n\n'))
    })
}

function toJson({ request, response, ...rest }: Interaction): object {
  return {
    ...rest,
    request: { method: request.method, path: request.path, headers: request.headers, summary: summarizeRequest(request) },
    response: { status: response.status, headers: response.headers, summary: summarizeResponse(response) },
  }
}

function toText(interaction: Interaction, i: number): string {
  const { request, response } = interaction
  return [
    `${i + 1}. ${request.method} ${request.path}`,
    ...summarizeRequest(request).map((shown) => line('→', shown)),
    `   ${response.status}${response.truncated ? ' (cut off)' : ''}`,
    ...summarizeResponse(response).map((shown) => line('←', shown)),
  ].join('\n')
}

function line(arrow: string, { label, text }: SummaryLine): string {
  return `   ${arrow} ${label}: ${text.trimEnd().replaceAll('\n', '\n     ')}`
}
