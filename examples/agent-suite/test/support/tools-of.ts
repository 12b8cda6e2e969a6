import type { ChatCompletionFunctionTool } from 'openai/resources'
import type { Tool } from '../../agent/tool.ts'
import { ToolBox } from '../../agent/tool-box.ts'

/** Tools as a request names them. */
export function toolsOf(...tools: readonly Tool[]): ChatCompletionFunctionTool[] {
  const box = new ToolBox()
  for (const tool of tools) box.add(tool)
  return box.schemas
}
