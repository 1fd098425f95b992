import type { BotCommand } from 'grammy/types'
import { expect, test } from 'vitest'
import { acceptedMenu } from './menu-commands.ts'

const menuOf = (count: number, description = 'words'): BotCommand[] =>
  Array.from({ length: count }, (_, index) => ({ command: `c${index}`, description }))

/** Telegram with rules of its own; the last list that it took is what people see. */
function telegram(refusalOf: (list: readonly BotCommand[]) => string | undefined) {
  const state = { shown: [] as readonly BotCommand[], writes: 0 }
  const write = async (list: readonly BotCommand[]): Promise<string | undefined> => {
    state.writes += 1
    const reason = refusalOf(list)
    if (reason === undefined) state.shown = list
    return reason
  }
  return { state, write }
}

test.each([
  [1, [0]],
  [7, [3]],
  [40, [0, 39]],
  [100, [50]],
])('of %i commands only the refused ones %j are left out', async (count, bad) => {
  const names = new Set(bad.map((index) => `c${index}`))
  const { state, write } = telegram((list) =>
    list.some(({ command }) => names.has(command)) ? 'BOT_COMMAND_INVALID' : undefined,
  )
  expect(await acceptedMenu(menuOf(count), write)).toEqual([...names])
  expect(state.shown).toHaveLength(count === 1 ? 0 : count - bad.length)
  expect(state.writes).toBeLessThan(30)
})

test('too many words are shortened first, then fewer commands are shown', async () => {
  const size = (list: readonly BotCommand[]): number =>
    list.reduce((sum, { description }) => sum + description.length, 0)
  const words = telegram((list) => (size(list) > 4_000 ? 'BOT_COMMANDS_TOO_MUCH' : undefined))
  expect(await acceptedMenu(menuOf(60, 'word '.repeat(50)), words.write)).toEqual([])
  expect(words.state.shown).toHaveLength(60)
  const few = telegram((list) => (list.length > 30 ? 'BOT_COMMANDS_TOO_MUCH' : undefined))
  expect(await acceptedMenu(menuOf(100), few.write)).toHaveLength(75)
  expect(few.state.shown).toHaveLength(25)
})

test('a Telegram that refuses everything ends it', async () => {
  const { state, write } = telegram(() => 'BOT_COMMAND_INVALID')
  expect(await acceptedMenu(menuOf(100), write)).toHaveLength(100)
  expect(state.writes).toBeLessThan(40)
})
