import { runPlugin } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { expect, test } from 'vitest'
import example from '../config.example.json' with { type: 'json' }
import pollsAndForms from './index.ts'

installLeakCheck()

test('a model makes a poll, and what is wrong with one is said', async () => {
  await using plugin = await runPlugin(pollsAndForms)
  const poll = (answers: string[], chat = {}): Promise<unknown> =>
    plugin.callTool('make_poll', { question: 'Lunch; today?', answers }, chat)
  expect(await poll(['Pizza', 'Soup'])).toBe('The poll is in the chat.')
  expect(await poll(['Pizza', 'pizza'])).toEqual({ error: 'Two of the answers are the same.' })
  expect(await poll(['Pizza', 'Soup'], { chat: { id: 0 } })).toEqual({ error: 'Polls only work in a chat.' })
})

test('a model opens a form, as the command does', async () => {
  const config = example.plugins.polls_and_forms
  await using plugin = await runPlugin(pollsAndForms, { config })
  const [form = ''] = Object.keys(config.forms)
  expect(await plugin.callTool('open_form', {})).toBe('The forms are in the chat.')
  expect(await plugin.callTool('open_form', { form: 'nothing' })).toMatchObject({
    error: expect.stringContaining('no form'),
  })
  expect(await plugin.callTool('open_form', { form })).toBe('The first question is in the chat.')
  expect(await plugin.callTool('open_form', { form }, { chat: { type: 'group' } })).toMatchObject({
    error: expect.stringContaining('private'),
  })
})
