import { expect, test } from 'vitest'
import { dollars, grouped } from '../../src/messages/figures.ts'

test('dollars have cents, and where that is too little two digits that count', () => {
  const usds = [0, 1234.5, 1, 0.994, 0.1, 0.0999, 0.05, 0.015, 0.0149, 0.01, 0.0099, 0.00028, 2.8e-7]
  expect(usds.map(dollars)).toEqual(
    '$0.00 $1,234.50 $1.00 $0.99 $0.10 $0.10 $0.05 $0.015 $0.015 $0.01 $0.0099 $0.00028 $0.00000028'.split(
      ' ',
    ),
  )
})

test('whole numbers are written in groups of three digits', () => {
  expect([0, 999, 1000, 1_234_567].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567'])
})
