import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionCreateParamsNonStreaming,
} from 'openai/resources'
import type { Hooks } from './hooks.ts'
import type { Tool } from './tool.ts'

/** Something that an agent can do. Methods that its class marks by `@tool` are tools too. */
export interface Skill {
  readonly name: string
  readonly hooks?: Hooks
  readonly tools?: readonly Tool[]
  /** Called once, when the agent is closed. */
  readonly close?: () => void | Promise<void>
}

export type Asked = Omit<ChatCompletionCreateParamsNonStreaming, 'stream'>

/** The skill to speak: one that asks a model. */
export interface ModelSkill extends Skill {
  complete(asked: Asked, signal: AbortSignal): Promise<ChatCompletion>
  stream(asked: Asked, signal: AbortSignal): AsyncIterable<ChatCompletionChunk>
}
