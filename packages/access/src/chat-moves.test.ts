import { expect, test } from 'vitest'
import { createChatMoves } from './chat-moves.ts'

test('everything moves once, and one that fails is told and holds up no other', async () => {
  const moved: string[] = []
  const errors: string[] = []
  const logger = { debug() {}, info() {}, warn() {}, error: (message: string) => void errors.push(message) }
  const keeper = (what: string) => ({
    what,
    move: (from: number, to: number) => void moved.push(`${what} ${from} ${to}`),
  })
  const broken = {
    what: 'the broken one',
    move: () => {
      throw new Error('disk full')
    },
  }
  const move = createChatMoves([keeper('a'), broken, keeper('b')], logger)
  move(-5, -1005)
  move(-5, -1005)
  await expect.poll(() => errors).toEqual([expect.stringContaining('the broken one could not follow')])
  expect(moved).toEqual(['a -5 -1005', 'b -5 -1005'])
})
