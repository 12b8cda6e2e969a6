import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../support/cli.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const PAGES = globSync('**/*.md', {
  cwd: ROOT,
  exclude: (name) => name === 'node_modules' || name === 'dist',
}).map((file) => file.split(path.sep).join('/'))
const COMMANDS = ['serve', 'record', 'replay', 'list', 'show', 'stats', 'diff', 'prune', 'rerecord'] as const

test('the pages are found', () => {
  expect(PAGES).toContain('README.md')
  expect(PAGES).toContain('docs/guide.md')
})

test.each(PAGES)('every link of %s leads to a file, and to a heading in it', (page) => {
  const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link as string)
  const broken = links.filter((link) => !/^(?:https?|mailto):/.test(link) && !isFound(link, page))
  expect(broken).toEqual([])
})

test('every flag of the command line is explained in the docs', async () => {
  const help = await Promise.all(COMMANDS.map(async (command) => (await runCli([command, '--help'])).stdout))
  const flags = help.flatMap((text) =>
    [...text.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag as string),
  )
  const docs = PAGES.filter((page) => /^docs\/[\w-]+\.md$/.test(page)).map(read)
  const isExplained = (flag: string): boolean =>
    docs.some((text) => new RegExp(`${flag}(?![a-z-])`).test(text))
  expect(flags).toContain('--strict-unused')
  expect([...new Set(flags)].filter((flag) => flag !== '--help' && !isExplained(flag))).toEqual([])
})

test('the README shows what the demo prints', async () => {
  const [, shown = ''] = /^npx openai-vcr demo\n```\n\n```\n([^]*?)^```$/m.exec(read('README.md')) ?? []
  const { stdout } = await runCli(['demo'])
  const printed = stdout.split('\n')
  const lines = shown.split('\n').filter((line) => line.trim() !== '…')
  expect(lines).toContain('1. A request that is in the cassette')
  expect(lines.filter((line) => !printed.includes(line))).toEqual([])
})

function read(page: string): string {
  return readFileSync(path.join(ROOT, page), 'utf8')
}

/** A page without its blocks of code. */
function prose(page: string): string {
  return read(page).replaceAll(/^```[^]*?^```$/gm, '')
}

function isFound(link: string, from: string): boolean {
  const [file = '', heading] = link.split('#')
  const target = file === '' ? from : path.posix.join(path.posix.dirname(from), file)
  if (!existsSync(path.join(ROOT, target))) return false
  return heading === undefined || !target.endsWith('.md') || headingsOf(target).includes(heading)
}

/** The names by which GitHub links to a page's headings. */
function headingsOf(page: string): readonly string[] {
  return [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  )
}
