import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NotationError, parseDice } from './dice-notation.ts'
import type { DiceNotation } from './dice-notation.ts'
import { describeRoll, rollDice } from './roll-dice.ts'

const term = fc.oneof(
  fc
    .record({ count: fc.integer({ min: 0, max: 3 }), sides: fc.integer({ min: 2, max: 1_000 }) })
    .map(({ count, sides }) => `${count}d${sides}`),
  fc.integer({ min: 0, max: 10_000 }).map(String),
)
const notation = fc
  .tuple(
    fc.array(fc.tuple(term, fc.constantFrom('+', '-', ' + ', ' - ')), { maxLength: 3 }),
    fc.integer({ min: 2, max: 1_000 }),
  )
  .map(([terms, sides]) => `${terms.map(([text, sign]) => text + sign).join('')}d${sides}`)

function parseOrRefuse(input: string): DiceNotation | undefined {
  try {
    return parseDice(input, 20)
  } catch (error) {
    if (error instanceof NotationError && error.message.length < 200) return undefined
    throw error
  }
}

test('whatever is written is either rolled within its bounds or refused in words', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), notation, fc.stringMatching(/^[0-9d+ -]{0,45}$/)), (input) => {
      const parsed = parseOrRefuse(input)
      // any exception other than a refusal has already failed the test
      if (parsed === undefined) return
      expect(Buffer.byteLength(parsed.text)).toBeLessThanOrEqual(59)
      const { faces, total } = rollDice(parsed)
      expect(faces.flat().length).toBeLessThanOrEqual(30)
      expect(Number.isSafeInteger(total)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

test('the text of a notation is read as the same notation', () => {
  fc.assert(
    fc.property(notation, (input) => {
      const parsed = parseDice(input, 20)
      expect(parseDice(parsed.text, 20)).toEqual(parsed)
    }),
  )
})

test('every face shows between one and the number of sides, and each can come', () => {
  const faces = new Set(Array.from({ length: 400 }, () => rollDice(parseDice('d4', 1)).total))
  expect([...faces].toSorted()).toEqual([1, 2, 3, 4])
})

describe('a notation', () => {
  test.each([
    ['D6', '1d6'],
    [' 2 d 6 + 1 ', '2d6+1'],
    ['3d6-d4+002', '3d6-1d4+2'],
    ['+2d6', '2d6'],
  ])('%s is %s', (input, text) => {
    expect(parseDice(input, 20).text).toBe(text)
  })

  test.each([
    ['', 'Which dice?'],
    ['six', "“six” isn't a dice roll"],
    ['2d6++1', "isn't a dice roll"],
    ['2d6+', "isn't a dice roll"],
    ['2d', "isn't a dice roll"],
    ['7', 'Add at least one die'],
    ['0d6', 'Add at least one die'],
    ['d1', 'A die has 2 to 1000 sides, not 1'],
    ['d1001', 'A die has 2 to 1000 sides'],
    ['21d6', "That's too many dice. The maximum is 20"],
    ['11d6+10d4', "That's too many dice"],
    ['d6+10001', 'Numbers go up to 10000'],
    ['d6'.repeat(30), 'too long'],
    ['1+1+1+1+1+1+1+1+1+1+d6', 'at most 10 parts'],
    ['２d６', "isn't a dice roll"],
    ['2d6\u0000', "isn't a dice roll"],
    ['2d1e3', "isn't a dice roll"],
    ['0x2d6', "isn't a dice roll"],
    ['\u202E6d2', "isn't a dice roll"],
    ['9'.repeat(1_000_000), 'too long'],
  ])('%s is refused: %s', (input, message) => {
    expect(() => parseDice(input, 20)).toThrow(message)
  })
})

test.each([
  ['d20', '🎲 1d20: 3'],
  ['2d6', '🎲 2d6: (3 + 3) = 6'],
  ['2d6-d4+1', '🎲 2d6-1d4+1: (3 + 3) − 3 + 1 = 4'],
  ['-d6', '🎲 -1d6: − 3 = -3'],
])('a roll of %s reads %s', (input, text) => {
  expect(describeRoll(rollDice(parseDice(input, 20), () => 3))).toBe(text)
})
