/** A process of its own that runs the cases named on stdin (JSON), and tells of each: `{name, error?}`, a line each. */
import { run } from './cases.ts'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers'

if (!import.meta.resolve('msw').includes('/msw2/'))
  throw new Error('this is not MSW 2: preload with-msw-2.ts')

/** In ms. What takes longer hangs. */
const PATIENCE = 10_000

for (const name of JSON.parse(await text(process.stdin)) as string[]) {
  const late = new Promise<never>((_resolve, reject) =>
    setTimeout(() => reject(new Error('it hangs')), PATIENCE).unref(),
  )
  const error = await Promise.race([run(name, 2), late]).then(
    () => undefined,
    (reason: unknown) => (reason instanceof Error ? reason.stack : String(reason)),
  )
  process.stdout.write(`${JSON.stringify({ name, error })}\n`)
}
process.exit()
