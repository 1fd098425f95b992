import { collectText, createMemoryStore, createTestServices, runPlugin } from '@pluggram/testing'
import type { PluginUnderTest, TestMessage } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import type { Button, PluginResult, Reply } from '@pluggram/sdk'
import { expect, test } from 'vitest'
import example from '../config.example.json' with { type: 'json' }
import pollsAndForms from './index.ts'

installLeakCheck()

const config = example.plugins.polls_and_forms

function buttonsOf(result: PluginResult | undefined): { text: string; data: string }[] {
  const replies = [result?.success ? result.response : []].flat() as Reply[]
  return replies
    .flatMap(({ buttons = [] }) => buttons.flat())
    .flatMap((button: Button) => ('data' in button ? button : []))
}

function dataOf(result: PluginResult | undefined, text: string): string {
  const button = buttonsOf(result).find((item) => item.text.startsWith(text))
  if (!button) throw new Error(`no button “${text}”`)
  return button.data
}

test('a poll counts live in its own message', async () => {
  await using plugin = await runPlugin(pollsAndForms)
  const poll = await plugin.send('/poll Lunch?; Pizza; Soup')
  expect(await collectText(poll)).toContain('📊 Lunch?')
  const pizza = dataOf(poll, 'Pizza')
  expect(Buffer.byteLength(pizza)).toBeLessThanOrEqual(59)
  await plugin.press(pizza, { user: { id: 2 } })
  const result = await plugin.press(pizza, { user: { id: 3 } })
  expect(result).toMatchObject({ response: { editMessageId: expect.any(Number) } })
  expect(await collectText(result)).toMatch(/Pizza\n▰{10} 2 \(100 %\)[^]*Soup\n▱{10} 0 \(0 %\)[^]*2 votes/)
  expect(buttonsOf(result).map(({ text }) => text)).toEqual(['Pizza · 2', 'Soup · 0', '🔒 End poll'])
})

test('a poll is ended by the one who began it, and by no stranger', async () => {
  await using plugin = await runPlugin(pollsAndForms)
  const close = dataOf(await plugin.send('/poll Q?; a; b'), '🔒')
  expect(await plugin.press(close, { user: { id: 2 } })).toEqual({
    success: false,
    error: 'Only the person who started this poll can end it.',
  })
  expect(await collectText(await plugin.press(close))).toContain('Poll ended')
})

test('a button reaches no poll of another chat', async () => {
  await using plugin = await runPlugin(pollsAndForms)
  const data = dataOf(await plugin.send('/poll Q?; a; b'), 'a')
  const known = { success: false, error: 'This poll no longer exists.' }
  expect(await plugin.press(data, { chat: { id: 55 } })).toEqual(known)
  expect(await plugin.press('vote:AAAAAAAAAAAA:0')).toEqual(known)
  expect(await plugin.press('vote:../../etc:0')).toBeUndefined()
})

async function fillIn(
  plugin: PluginUnderTest,
  answers: readonly string[],
  who: TestMessage = {},
): Promise<PluginResult | undefined> {
  let result = await plugin.send('/form signup', who)
  for (const answer of answers) result = await plugin.send(answer, who)
  return result
}

test('a form asks question by question, takes what fits, and is stored when it is sent', async () => {
  const store = createMemoryStore()
  await using plugin = await runPlugin(pollsAndForms, { config, services: createTestServices({ store }) })
  const list = await plugin.send('/form')
  const first = await plugin.press(dataOf(list, 'Summer party'))
  expect(await collectText(first)).toBe(
    'Summer party\n\nA few questions, so that we can plan.\n\n1/5  What is your name?',
  )
  expect(await collectText(await plugin.send('Ann; =1+1'))).toBe('2/5  How many guests do you bring?')
  expect(await plugin.send('many')).toEqual({ success: false, error: 'Please enter a number.' })
  expect(await plugin.send('9')).toEqual({ success: false, error: 'Please enter at most 5.' })
  const meal = await plugin.send('2')
  expect(await plugin.send('Meat')).toEqual({ success: false, error: 'Please tap one of the buttons.' })
  const music = await plugin.press(dataOf(meal, 'Vegetables'))
  // a second tap on an answered question changes nothing
  expect(await plugin.press(dataOf(meal, 'Fish'))).toEqual({ success: true })
  // the choice takes the place of its question's buttons
  expect((music?.success ? music.response : []) as Reply[]).toMatchObject([
    { text: '3/5  What would you like to eat?\n→ Vegetables', editMessageId: expect.any(Number) },
    { text: expect.stringContaining('4/5') },
  ])
  const notes = await plugin.press(dataOf(music, 'Yes'))
  const summary = await plugin.press(dataOf(notes, 'Skip'))
  expect(await collectText(summary)).toContain('What would you like to eat?\n→ Vegetables')
  const entries = (): string[] => Object.keys(store.entries()).filter((key) => key.startsWith('sent:'))
  expect(entries()).toEqual([])
  expect(await collectText(await plugin.press(dataOf(summary, '✅')))).toBe('Thank you! See you there.')
  expect(await plugin.press(dataOf(summary, '✅'))).toMatchObject({ success: false })
  expect(entries()).toHaveLength(1)
  // the form is finished, so further messages go to other plugins
  expect(await plugin.send('hello')).toBeUndefined()
  expect(await plugin.send('/form signup')).toEqual({
    success: false,
    error: 'You have already sent this form.',
  })
})

test("/cancel ends the form that is open, and is nobody's where none is", async () => {
  await using plugin = await runPlugin(pollsAndForms, { config })
  expect(await plugin.send('/cancel')).toBeUndefined()
  await plugin.send('/form signup')
  expect(await plugin.send('/cancel')).toMatchObject({ success: true })
  expect(await plugin.send('Ann')).toBeUndefined()
})

test('the owner gets the answers as CSV and JSON, with nothing in it that a spreadsheet would run', async () => {
  await using plugin = await runPlugin(pollsAndForms, { config })
  const ann = { user: { id: 5, firstName: '=cmd()' } }
  await fillIn(plugin, ['"Ann", yes', '1', 'fish', 'no', '+49'], ann)
  await plugin.press('form:send', ann)
  const csv = await plugin.send('/form export signup', { role: 'owner' })
  const json = await plugin.send('/form export signup json', { role: 'owner' })
  const textOf = (result: PluginResult | undefined): string => {
    const { media } = (result?.success ? result.response : {}) as Reply
    return media?.source instanceof Uint8Array
      ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(media.source)
      : ''
  }
  expect(textOf(csv)).toMatch(
    /^\uFEFFsent_at,user_id,user_name,name,guests,meal,music,notes\r\n[\d:.TZ-]+,5,'=cmd\(\),"""Ann"", yes",1,Fish,false,'\+49\r\n$/,
  )
  expect(JSON.parse(textOf(json))).toMatchObject([
    { userId: 5, answers: { guests: 1, music: false, notes: '+49' } },
  ])
  expect(await plugin.send('/form export signup', { role: 'trusted' })).toMatchObject({ success: false })
  const group = { role: 'owner', chat: { id: -7, type: 'group', title: 'Friends' } } as const
  expect(await plugin.send('/form export signup', group)).toEqual({
    success: false,
    error: 'I only show answers in our private chat.',
  })
  expect(await collectText(await plugin.send('/form clear signup', { role: 'owner' }))).toBe(
    'Deleted 1 answer to “Summer party”.',
  )
  expect(await collectText(await plugin.send('/form export signup', { role: 'owner' }))).toBe(
    'Summer party: 0 answers',
  )
})

test('two people fill in a form side by side', async () => {
  await using plugin = await runPlugin(pollsAndForms, { config })
  const [ann, bob] = [1, 2].map((id) => ({ user: { id }, chat: { id } }))
  await plugin.send('/form signup', ann)
  await plugin.send('/form signup', bob)
  expect(await collectText(await plugin.send('Ann', ann))).toContain('2/5')
  expect(await collectText(await plugin.send('/form signup', ann))).toContain('1/5')
  expect(await collectText(await plugin.send('Bob', bob))).toContain('2/5')
})

test('forms are for private chats, and can be cancelled', async () => {
  await using plugin = await runPlugin(pollsAndForms, { config })
  expect(await plugin.send('/form signup', { chat: { id: -1, type: 'group' } })).toEqual({
    success: false,
    error: expect.stringContaining('in our private chat'),
  })
  await plugin.send('/form signup')
  expect(await collectText(await plugin.press('form:cancel'))).toContain('Nothing was saved')
  expect(await plugin.send('Ann')).toBeUndefined()
  expect(await plugin.press('form:send')).toMatchObject({ success: false })
})

test.each([
  [{ forms: { a: { title: 'A', questions: [] } } }, 'forms.a.questions'],
  [
    { forms: { a: { title: 'A', questions: [{ key: 'x', ask: 'X?', type: 'choice' }] } } },
    'forms.a.questions[0].choices',
  ],
  [
    {
      forms: {
        a: {
          title: 'A',
          questions: [
            { key: 'x', ask: 'X?' },
            { key: 'x', ask: 'Y?' },
          ],
        },
      },
    },
    'forms.a.questions[1].key',
  ],
  [{ forms: { 'A form': { title: 'A', questions: [{ key: 'x', ask: 'X?' }] } } }, 'forms'],
])('the configuration %j is refused', async (forms, message) => {
  await expect(runPlugin(pollsAndForms, { config: forms })).rejects.toThrow(
    `plugins.polls_and_forms.${message}`,
  )
})
