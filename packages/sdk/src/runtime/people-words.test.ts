import { expect, test } from 'vitest'
import { isCommandFor, localText, pluginTitle } from './people-words.ts'

test.each([
  ['my_plugin', 'My plugin'],
  ['ai_chatbot', 'AI chatbot'],
  ['rss2', 'Rss2'],
  ['my_api', 'My API'],
])('without a title %s is %s', (name, title) => {
  expect(pluginTitle({ name })).toBe(title)
})

test.each([
  [undefined, 'Dice'],
  ['de', 'Würfel'],
  ['de-AT', 'Würfel'],
  ['pt-BR', 'Dados'],
  ['fr', 'Dice'],
  ['__proto__', 'Dice'],
])('in the language %s a text is %s', (language, text) => {
  expect(localText({ en: 'Dice', de: 'Würfel', pt: 'Dados' }, language)).toBe(text)
})

test('a command is for its role and place', () => {
  const privately = { role: 'trusted', chat: { type: 'private' } } as const
  const inGroup = { role: 'trusted', chat: { type: 'supergroup' } } as const
  expect(
    [{}, { role: 'owner' }, { role: 'trusted' }, { chats: 'groups' }, { chats: 'private' }].map((command) =>
      [privately, inGroup].map((who) => isCommandFor(command as object, who)),
    ),
  ).toEqual([
    [true, true],
    [false, false],
    [true, true],
    [false, true],
    [true, false],
  ])
})
