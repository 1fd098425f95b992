import { expect, test } from 'vitest'
import { collectText, createTestServices, runPlugin } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import greeter from './greeter.ts'
import summary from './summary.ts'

installLeakCheck()

test('greets everybody', async () => {
  await using plugin = await runPlugin(greeter, { config: { greeting: 'Hi' } })
  expect(await collectText(await plugin.send('/greet Ann, Bob'))).toBe('Hi, Ann!\nHi, Bob!')
  expect(await plugin.send('/greet a, b, c, d')).toEqual({
    success: false,
    error: 'At most 3 names at once.',
  })
})

test('streams what the model says', async () => {
  const services = createTestServices({ ai: ['It is ', 'short.'] })
  await using plugin = await runPlugin(summary, { services })
  expect(await collectText(await plugin.send('/summary A long text'))).toBe('It is short.')
})
