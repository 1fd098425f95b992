import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closePoll, parsePoll, PollError, renderPoll, vote } from './poll.ts'
import type { Poll } from './poll.ts'

const poll: Poll = {
  ...parsePoll('Lunch?; Pizza; Soup'),
  chatId: 1,
  creatorId: 7,
  votes: {},
  isClosed: false,
}

test('every person has one vote, which can be changed and taken back', () => {
  const votes = (...presses: [number, number][]): Poll['votes'] =>
    presses.reduce<Poll>((current, [user, option]) => vote(current, user, option), poll).votes
  expect(votes([1, 0], [2, 0], [3, 1])).toEqual({ 1: 0, 2: 0, 3: 1 })
  expect(votes([1, 0], [1, 1])).toEqual({ 1: 1 })
  expect(votes([1, 0], [1, 0])).toEqual({})
})

test('however it is pressed, nobody counts twice', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 1 }))),
      (presses) => {
        const end = presses.reduce<Poll>((current, [user, option]) => vote(current, user, option), poll)
        expect(Object.keys(end.votes).length).toBeLessThanOrEqual(new Set(presses.map(([user]) => user)).size)
      },
    ),
  )
})

test('only the one who began it, or the owner, ends a poll; then nobody votes', () => {
  expect(() => closePoll(poll, { userId: 8, isOwner: false })).toThrow(PollError)
  expect(closePoll(poll, { userId: 8, isOwner: true }).isClosed).toBe(true)
  const closed = closePoll(vote(poll, 1, 0), { userId: 7, isOwner: false })
  expect(() => vote(closed, 2, 0)).toThrow('This poll has ended.')
  expect(renderPoll('id', closed)).toMatchObject({ text: expect.stringContaining('Pizza 🏆'), buttons: [] })
})

test.each([
  ['', 'at least two answers'],
  ['Question?', 'at least two answers'],
  ['Question?; one', 'at least two answers'],
  ['Q; a; A', 'the same'],
  [`Q;${'x'.repeat(61)};b`, 'at most 60'],
  [`Q;${Array.from({ length: 13 }, (_, index) => index).join(';')}`, 'at most 12'],
  [`${'Q'.repeat(301)};a;b`, 'at most 300'],
])('“%s” is no poll: %s', (args, message) => {
  expect(() => parsePoll(args)).toThrow(message)
})

test('lines do as well as semicolons', () => {
  expect(parsePoll('Lunch?\nPizza\n\nSoup  of the day')).toEqual({
    question: 'Lunch?',
    options: ['Pizza', 'Soup of the day'],
  })
})

test('an option that a poll does not have is refused', () => {
  for (const option of [-1, 2, 99, Number.NaN])
    expect(() => vote(poll, 1, option)).toThrow('does not have that answer')
})
