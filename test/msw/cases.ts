import { besideCases } from './beside-cases.ts'
import { handlerCases } from './handler-cases.ts'
import { streamCases } from './stream-cases.ts'
import { webSocketCases } from './web-socket-cases.ts'
import { type Case, Scene, type Version } from './scene.ts'

export const cases: Readonly<Record<string, Case>> = {
  // First: a MSW 2 that ends before what began after it leaves its hold on node:http behind.
  ...webSocketCases,
  ...handlerCases,
  ...streamCases,
  ...besideCases,
}

export async function run(name: string, version: Version): Promise<void> {
  await using scene = new Scene(version)
  await cases[name]?.(scene)
}
