import { expect, test } from 'vitest'
import { entriesOf, nodesOf, readTree, type SourceFile } from './source-tree.ts'

const HEADER = `What users can name. Who changes a line here changes the API, and says so in CHANGELOG.md.
To write this file anew: npm exec -c 'vitest run test/architecture/public-surface.test.ts -u'
`

const tree = readTree('src')

test('the public names, and the public members of Vcr, are those of public-surface.txt', async () => {
  const entries = [...entriesOf()].filter(([name]) => name.startsWith('.'))
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ...entries.map(
      ([name, file]) => [name.replace('.', 'openai-vcr'), namesOf(tree.get(file) as SourceFile)] as const,
    ),
    ['members of Vcr', membersOf('Vcr')],
  ]
  const text = sections.map(([title, lines]) =>
    ['', title, ...lines.map((line) => `  ${line}`), ''].join('\n'),
  )
  await expect(HEADER + text.join('')).toMatchFileSnapshot('public-surface.txt')
})

function namesOf({ exports }: SourceFile): readonly string[] {
  return exports.map(({ name, isType }) => `${isType ? 'type' : 'value'} ${name}`).toSorted()
}

/** The members of a class that are not private, each with what it is: `get mode`, `method close`. */
function membersOf(className: string): readonly string[] {
  return [...tree.values()].flatMap(({ program, text }) =>
    nodesOf(program)
      .flatMap(({ node }) =>
        node.type === 'ClassDeclaration' && node.id?.name === className ? node.body.body : [],
      )
      .flatMap((member) => {
        if (!('key' in member) || member.key.type === 'PrivateIdentifier') return []
        const kind = 'kind' in member ? member.kind : 'property'
        const isHidden =
          kind === 'constructor' || ('accessibility' in member && member.accessibility === 'private')
        return isHidden ? [] : [`${kind} ${text.slice(member.key.start, member.key.end)}`]
      })
      .toSorted(),
  )
}
