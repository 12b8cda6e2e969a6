import { tokens } from './lexer.ts'

/** A string value of a JSON text, with its place in it. */
export interface StringLeaf {
  readonly start: number
  readonly end: number
  /**
   * The way to it, list positions left out, the indices and ids that objects carry put in.
   * Pieces of one text in several events, or list items, share a channel.
   */
  readonly channel: string
}

interface Frame {
  readonly kind: '{' | '['
  readonly parent: Frame | undefined
  /** The parent's member that this is the value of. */
  readonly via: string
  /** The member that is being read. */
  key: string
  expectsKey: boolean
  /** What tells this object from its siblings: `index`, `item_id` and the like. */
  identity: string
}

const IDENTIFYING = new Set(['index', 'output_index', 'content_index', 'summary_index', 'item_id'])

export function stringLeaves(text: string): StringLeaf[] {
  const found: { start: number; end: number; frame: Frame | undefined; key: string }[] = []
  let frame: Frame | undefined
  for (const { kind, start, end } of tokens(text)) {
    if (kind === '{' || kind === '[') {
      frame = { kind, parent: frame, via: frame?.key ?? '', key: '', expectsKey: kind === '{', identity: '' }
    } else if (kind === '}' || kind === ']') frame = frame?.parent
    else if (kind === ',' && frame?.kind === '{') frame.expectsKey = true
    else if (kind === 'string' && frame?.expectsKey) {
      frame.key = decodeString(text.slice(start, end))
      frame.expectsKey = false
    } else if (kind === 'string' || kind === 'scalar') {
      if (frame !== undefined && identifies(frame))
        frame.identity += `${frame.key}=${text.slice(start, end)},`
      if (kind === 'string') found.push({ start, end, frame, key: frame?.key ?? '' })
    }
  }
  // Only now are all identities known: an index may stand behind the text that it tells apart.
  const names = new Map<Frame, string>()
  return found.map(({ start, end, frame: owner, key }) => ({
    start,
    end,
    channel: `$${channelOf(owner, names)}/${key}`,
  }))
}

function identifies(frame: Frame): boolean {
  return (
    frame.kind === '{' && (IDENTIFYING.has(frame.key) || (frame.key === 'type' && frame.parent === undefined))
  )
}

/** Characters of a channel's name that are kept. */
const NAME_LENGTH = 300

function channelOf(frame: Frame | undefined, names: Map<Frame, string>): string {
  const way: Frame[] = []
  let at = frame
  while (at !== undefined && !names.has(at)) {
    way.push(at)
    at = at.parent
  }
  let name = at === undefined ? '' : (names.get(at) as string)
  for (const each of way.toReversed()) {
    // Cut, so that deep nesting does not cost its depth squared.
    name = `${name.slice(-NAME_LENGTH)}/${each.via}(${each.identity})`
    names.set(each, name)
  }
  return name
}

export function decodeString(token: string): string {
  return JSON.parse(token) as string
}

export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text with these places replaced; the rest keeps its bytes. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text
  const out: string[] = []
  let at = 0
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    out.push(text.slice(at, edit.start), edit.text)
    at = edit.end
  }
  out.push(text.slice(at))
  return out.join('')
}
