import { expect, test } from 'vitest'
import { nearestWord } from '../../src/messages/nearest-word.ts'

test.for([
  ['repeta', 'repeat'],
  ['Repeat', 'repeat'],
  ['repat', 'repeat'],
  ['repeatt', 'repeat'],
  ['txet', 'text'],
  ['cassettes', 'cassette'],
  ['chasette', 'cassette'],
] as const)("'%s' is a slip for '%s'", ([word, meant]) => {
  expect(nearestWord(word, ['text', 'once', 'repeat', 'record', 'cassette'])).toBe(meant)
})

test.for(['xxxxxxxx', 'none', 'a', '', 'rec'])("'%s' is too far from every word to be a slip", (word) => {
  expect(nearestWord(word, ['text', 'once', 'repeat', 'record', 'b'])).toBeUndefined()
})

test('of two words the nearer one was meant', () => {
  expect(nearestWord('chat-57-weathr', ['chat-7-weather', 'chat-57-weather', 'chat-57-booking'])).toBe(
    'chat-57-weather',
  )
})
