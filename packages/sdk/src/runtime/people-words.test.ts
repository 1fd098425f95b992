import { expect, test } from 'vitest'
import { hasRole, refusalFor } from '../role.ts'
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

test('who may not use something reads the same words everywhere', () => {
  expect([refusalFor('owner'), refusalFor('trusted'), refusalFor('owner', 'groups')]).toEqual([
    'Only the owner can do that.',
    'Only the owner and trusted people can do that.',
    'In a group, only the owner can do that.',
  ])
  const roles = ['everyone', 'trusted', 'owner'] as const
  expect(roles.map((role) => roles.filter((needed) => hasRole(role, needed)))).toEqual([
    ['everyone'],
    ['everyone', 'trusted'],
    ['everyone', 'trusted', 'owner'],
  ])
  expect(hasRole('stranger' as 'owner', 'everyone')).toBe(false)
})
