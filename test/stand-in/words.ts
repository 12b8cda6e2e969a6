import { pick } from './ids.ts'
import { switches } from './switches.ts'

/** A text that depends on what was asked, and on nothing else. */
export function speak(seed: string, prompt: string, length = 8): string {
  const own = switches().words ? `${seed}/other` : seed
  const words = Array.from({ length }, (_, i) => pick(`${own}/word/${i}`, WORDS))
  return `I stand in for a model, and have heard “${prompt.slice(0, 60)}”. To equal questions I say equal words: ${words.join(', ')}.\n\n— c’est tout 🌦️`
}

const WORDS = [
  'rain',
  'river',
  'stone',
  'quiet',
  'north',
  'window',
  'seven',
  'bright',
  'under',
  'garden',
  'because',
  'slowly',
  'café',
  'naïve',
  'winter',
  'lantern',
] as const

/** Cuts a text where a tokenizer might. Joined, the pieces are the text. */
export function pieces(text: string): string[] {
  return text.match(/\s?[^\s]{1,7}|\s+/gu) ?? []
}

export function countTokens(text: string): number {
  return Math.max(1, pieces(text).length)
}
