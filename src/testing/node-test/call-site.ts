import { getCallSites } from 'node:util'
import { compileFunction } from 'node:vm'

/** A place in a file where a function is called. Line and column start at 1. */
export interface CallSite {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Where the caller of this function was called. */
export function callSite(): CallSite | undefined {
  // The frames of this function, of its caller, and of where that was called. Node applies source maps by itself.
  const site = getCallSites(3, { sourceMap: false })[2]
  return site && { file: site.scriptName, line: site.lineNumber, column: site.columnNumber }
}

const BODY = 'return call(...args)'

/**
 * Calls a function as if from that place. node:test locates a test by where its function is called,
 * which must be in the user's file.
 */
export function callFrom<Args extends readonly unknown[], Result>(
  site: CallSite | undefined,
  call: (...args: Args) => Result,
  ...args: Args
): Result {
  if (site === undefined) return call(...args)
  const place = {
    filename: site.file,
    lineOffset: site.line - 1,
    columnOffset: site.column - 1 - BODY.indexOf('call'),
  }
  return compileFunction(BODY, ['call', 'args'], place)(call, args) as Result
}
