#!/usr/bin/env node
// What is imported below needs a newer Node than some machines have: say so before it fails to load.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 21)) {
  process.stderr.write(
    `openai-vcr needs Node 22.21 or later; this is ${process.version}. Install a newer Node, or add one to the project: npm install --save-dev node@24\n`,
  )
  process.exit(2)
}
// A reader that has seen enough (`| head`) closes its end: no reason to break off, let alone to lose a recording.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}
const { spawn } = await import('node:child_process')
const { run } = await import('./program.ts')
process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  // Only when it is read from: to open it keeps some kinds of input from the commands that we wrap.
  get stdin() {
    return process.stdin
  },
  stdout: process.stdout,
  stderr: process.stderr,
  spawn: (program, args, env) => spawn(program, args, { stdio: 'inherit', env }),
  onSignal: (listener) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener)
    return () => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener)
    }
  },
  endBy: (signal) => process.kill(process.pid, signal),
})
export {}
