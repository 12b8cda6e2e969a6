#!/usr/bin/env node
// What is imported below needs a newer Node than some machines have: say so before it fails to load.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `openai-vcr needs Node 22.19 or later, and this is ${process.version}. Install a newer Node, or put one into the project: npm install --save-dev node@24\n`,
  )
  process.exit(2)
}
const { run } = await import('./program.ts')
process.exitCode = await run(process.argv.slice(2))
export {}
