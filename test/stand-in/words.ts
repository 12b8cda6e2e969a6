import { pick } from './ids.ts'
import { knownAnswer } from './sentences.ts'
import { switches } from './switches.ts'

/** What a model would answer. It depends on what was asked, and on nothing else. */
export function speak(seed: string, prompt: string, choice = 0): string {
  const known = knownAnswer(prompt, choice)
  if (known !== undefined) return inOtherWords(known)
  const advice = pick(`${seed}/advice`, ADVICE)
  return inOtherWords(
    `Here is a short answer to “${prompt.slice(0, 60)}”: ${advice}. A naïve first guess often does.\n\nTell me if you want to know more 🌦️`,
  )
}

export function inOtherWords(text: string): string {
  return switches().words ? `In other words: ${text}` : text
}

const ADVICE = [
  'it depends on where you start',
  'it depends on what you need it for',
  'there is more than one good way',
  'the simplest way is often the best',
  'begin with a small example, and go on from there',
  'write down what you expect before you try it',
  'change one thing at a time, and look what it does',
  'ask somebody who did it before, over a coffee in a café',
] as const

/** Cuts a text where a tokenizer might. Joined, the pieces are the text. */
export function pieces(text: string): string[] {
  return text.match(/\s?[^\s]{1,7}|\s+/gu) ?? []
}

export function countTokens(text: string): number {
  return Math.max(1, pieces(text).length)
}
