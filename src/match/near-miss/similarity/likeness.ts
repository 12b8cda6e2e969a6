import { mixBits } from './digest.ts'
import type { Json, JsonObject } from '../../../json/json.ts'

/** A one-permutation MinHash of the words in a value. Estimates quickly how many words two values share. */
export type Words = Uint32Array

const BINS = 32

/** Hashes the words in all strings of a value. */
export function wordsOf(value: Json): Words {
  const words = new Uint32Array(BINS)
  const todo: Json[] = [value]
  while (todo.length > 0) {
    const each = todo.pop() as Json
    if (typeof each === 'string') addWords(words, each)
    else if (typeof each === 'object' && each !== null)
      for (const key in each) todo.push((each as JsonObject)[key] as Json)
  }
  return words
}

/** From 0 for no word in common to 1 for the same words. */
export function likeness(a: Words, b: Words): number {
  let [filled, equal] = [0, 0]
  for (let i = 0; i < BINS; i++) {
    if (a[i] === 0 && b[i] === 0) continue
    filled++
    if (a[i] === b[i]) equal++
  }
  return filled === 0 ? 0 : equal / filled
}

function addWords(words: Words, text: string): void {
  let word = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (isWordUnit(unit)) word = Math.imul(word ^ (unit | 0x20), 0x9e3779b1) + 1
    else if (word !== 0) {
      add(words, word)
      word = 0
    }
  }
  if (word !== 0) add(words, word)
}

/** Digits, letters, and all non-ASCII characters. */
function isWordUnit(unit: number): boolean {
  return unit > 127 || (unit > 47 && unit < 58) || ((unit | 0x20) > 96 && (unit | 0x20) < 123)
}

/** Each bin keeps the greatest hash of its words. 0 means an empty bin. */
function add(words: Words, word: number): void {
  const mixed = mixBits(word) >>> 0
  const bin = mixed % BINS
  if (mixed > (words[bin] as number)) words[bin] = mixed
}
