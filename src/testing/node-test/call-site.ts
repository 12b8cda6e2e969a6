import { getCallSites } from 'node:util'
import { compileFunction } from 'node:vm'

/** Where in a file something is called; line and column from 1. */
export interface CallSite {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Where the function that calls this was called. */
export function callSite(): CallSite | undefined {
  // This function, its caller, and where that was called. Node maps the place to its source by itself.
  const site = getCallSites(3, { sourceMap: false })[2]
  return site && { file: site.scriptName, line: site.lineNumber, column: site.columnNumber }
}

const BODY = 'return call(...args)'

/**
 * Calls a function as if from that place. node:test says where a test stands by the place of
 * the call, and that is to be the user's file.
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
