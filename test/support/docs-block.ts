import { readdirSync, readFileSync } from 'node:fs'

const DOCS = new URL('../../docs/', import.meta.url)

/**
 * A file of code as the docs show it, so that what they show is what is tested.
 * @param heading of the section that the block stands in
 * @param file what the block's first line names, as a comment
 */
export function docsBlock(heading: string, file: string): string {
  const found = pages().flatMap((page) => blocksOf(page, heading, `// ${file}\n`))
  const [block] = found
  if (block === undefined || found.length > 1)
    throw new Error(`docs/ have ${found.length} blocks '// ${file}' under '${heading}'; one is wanted`)
  return block
}

function pages(): string[] {
  return readdirSync(DOCS)
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(new URL(name, DOCS), 'utf8'))
}

function blocksOf(page: string, heading: string, start: string): string[] {
  const found: string[] = []
  let section: string | undefined
  for (const [, title, code] of page.matchAll(/^#+ (.+)$|^```\w+\n([^]*?)^```$/gm)) {
    if (title !== undefined) section = title
    else if (section === heading && code?.startsWith(start) === true) found.push(code)
  }
  return found
}
