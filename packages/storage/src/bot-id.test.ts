import { expect, test } from 'vitest'
import { botIdOf, PLAYGROUND_BOT } from './bot-id.ts'

test.each([
  ['700000001:AAE2E-emulated-token-for-tests-000000', 700_000_001],
  ['7123456789:AA', 7_123_456_789],
  // another Bot API server may issue tokens of any form
  ['a-token-of-sixteen-and-more', PLAYGROUND_BOT],
  ['99999999999999999999:AA', PLAYGROUND_BOT],
  [undefined, PLAYGROUND_BOT],
])('the token %s belongs to the bot %i', (token, bot) => {
  expect(botIdOf(token)).toBe(bot)
})
