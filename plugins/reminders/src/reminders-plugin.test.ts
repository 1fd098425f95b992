import { expect, test, vi } from 'vitest'
import type { Reply } from '@pluggram/sdk'
import { collectText, createTestServices, createTestTelegram, runPlugin } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import example from '../config.example.json' with { type: 'json' }
import reminders from './index.ts'
import { parseReminder } from './parse-reminder.ts'
import { describeMoment, momentOf, offsetMinutes } from './time-zone.ts'

installLeakCheck()

const OPTIONS = { now: new Date('2026-11-22T20:00:00Z'), zone: 'Europe/Berlin', defaultHour: 9 }

test.each([
  ['remind me tomorrow at 9 to water the plants', 'water the plants', '2026-11-23T08:00'],
  ['in 20 minutes tea', 'tea', '2026-11-22T20:20'],
  ['to call Ann on Friday at 14:30', 'call Ann', '2026-11-27T13:30'],
  ['tomorrow that the bins go out', 'the bins go out', '2026-11-23T08:00'],
  ['on 28 March 2027 at 10:00 change the clocks', 'change the clocks', '2027-03-28T08:00'],
  ['tomorrow to send the report of every month', 'send the report of every month', '2026-11-23T08:00'],
  ['2027-01-05 10:00 UTC stand-up', 'stand-up', '2027-01-05T10:00'],
])('“%s” is read', (text, what, due) => {
  const parsed = parseReminder(text, OPTIONS)
  expect([parsed.what, parsed.due.toISOString().slice(0, 16)]).toEqual([what, due])
})

test('dates are read in the language of the writer, too', () => {
  const parsed = parseReminder('morgen um 8 Uhr Brot holen', { ...OPTIONS, language: 'de-DE' })
  expect([parsed.what, parsed.due.toISOString()]).toEqual(['Brot holen', '2026-11-23T07:00:00.000Z'])
})

test.each([
  ['', 'What should I remind you about, and when?'],
  ['remind me to breathe', 'When should I remind you'],
  ['tomorrow at 9', 'What should I remind you about?'],
  ['tomorrow at 25:99 to stretch', '25:99 is not a time of day'],
  ['on 1 January 2020 party', 'already passed'],
  ['on 1 January 2099 party', 'more than 5 years'],
  ['remind me every day at 9 to stretch', "I can't repeat reminders"],
  ['to stretch every other Monday at 9', "I can't repeat reminders"],
  ['at 9 every day to stretch', "I can't repeat reminders"],
])('“%s” is refused in words', (text, words) => {
  expect(() => parseReminder(text, OPTIONS)).toThrow(words)
})

test('a time on the wall is found on both sides of a change of the clocks', () => {
  const at = (month: number, day: number, hour: number): string =>
    momentOf('Europe/Berlin', { year: 2026, month, day, hour, minute: 30 }).toISOString()
  expect(at(3, 28, 9)).toBe('2026-03-28T08:30:00.000Z')
  expect(at(3, 29, 9)).toBe('2026-03-29T07:30:00.000Z')
  expect(at(3, 29, 2)).toBe('2026-03-29T01:30:00.000Z')
  expect(at(10, 25, 9)).toBe('2026-10-25T08:30:00.000Z')
  expect(offsetMinutes('Asia/Kolkata', new Date())).toBe(330)
  expect(describeMoment('Asia/Kolkata', new Date('2026-11-23T08:00:00Z'))).toContain('13:30')
})

test('what is said comes at its time, with buttons to put it off', async () => {
  const services = createTestServices({ telegram: createTestTelegram() })
  await using plugin = await runPlugin(reminders, { services })
  const said = await plugin.send('remind me in 20 minutes to drink tea')
  expect(await collectText(said)).toMatch(/^OK, in 20 minutes: drink tea$/)
  await services.schedules.advance(19 * 60)
  expect(services.telegram.records).toEqual([])
  await services.schedules.advance(120)
  expect(services.telegram.records).toMatchObject([
    { kind: 'send', chatId: 1_001, reply: { text: '⏰ drink tea' } },
  ])
  const [record] = services.telegram.records
  const reply: Reply = record?.kind === 'send' ? record.reply : {}
  const data = reply.buttons?.flat().map((button) => ('data' in button ? button.data : '')) ?? []
  expect(data).toEqual(['snooze:1:10', 'snooze:1:60', 'snooze:1:1440', 'done:1'])

  expect(await collectText(await plugin.press('snooze:1:10'))).toBe('💤 drink tea (again in 10 min)')
  await services.schedules.advance(60 * 60)
  expect(services.telegram.records).toHaveLength(2)
  expect(await collectText(await plugin.press('done:1'))).toBe('✅ drink tea')
  expect(await plugin.send('/reminders')).toMatchObject({
    response: expect.stringContaining('No reminders yet'),
  })
})

test('a cancelled reminder does not come, and nobody else may cancel it', async () => {
  const services = createTestServices()
  await using plugin = await runPlugin(reminders, { services })
  await plugin.send('/remind in 5 minutes tea')
  expect(await plugin.press('cancel:1', { user: { id: 666 } })).toMatchObject({ success: false })
  expect(await collectText(await plugin.send('/reminders'))).toMatch(/^1\. .*: tea$/)
  expect(await collectText(await plugin.press('cancel:1'))).toBe('✖️ Cancelled: tea')
  await services.schedules.advance(600)
  expect(services.telegram.records).toEqual([])
})

test('what the scheduler missed is sent by the sweep, once', async () => {
  const services = createTestServices()
  await using plugin = await runPlugin(reminders, { services })
  await plugin.send('/remind in 1 minute tea')
  await services.scheduler.cancel(
    (await services.scheduler.list()).find(({ name }) => name.startsWith('reminder-'))?.name ?? '',
  )
  vi.setSystemTime(Date.now() + 10 * 60_000)
  await services.schedules.advance(900)
  vi.useRealTimers()
  expect(services.telegram.records).toHaveLength(1)
})

test('each person has a time zone', async () => {
  await using plugin = await runPlugin(reminders, { config: example.plugins.reminders })
  expect(await collectText(await plugin.send('/timezone'))).toContain('Europe/Berlin')
  expect(await plugin.send('/timezone Atlantis')).toMatchObject({ success: false })
  expect(await collectText(await plugin.send('/timezone Asia/Tokyo'))).toContain('Asia/Tokyo')
  expect(await collectText(await plugin.send('/remind tomorrow tea'))).toMatch(/09:00 \(Asia\/Tokyo\): tea$/)
  expect(await collectText(await plugin.send('/remind tomorrow tea', { user: { id: 2 } }))).toContain(
    'Europe/Berlin',
  )
})

test('the model adds and lists reminders; what it cannot mean is told to it', async () => {
  await using plugin = await runPlugin(reminders)
  expect(await plugin.callTool('add_reminder', { what: 'tea', when: 'in 2 hours' })).toMatchObject({
    reminded: 'tea',
  })
  expect(await plugin.callTool('add_reminder', { what: 'tea', when: 'someday' })).toMatchObject({
    error: expect.stringContaining('not a date'),
  })
  expect(await plugin.callTool('list_reminders', {})).toMatchObject([{ what: 'tea' }])
})

test('nobody has more than the configured number', async () => {
  await using plugin = await runPlugin(reminders, { config: { max_per_person: 1 } })
  await plugin.send('/remind in 5 minutes one')
  expect(await plugin.send('/remind in 5 minutes two')).toMatchObject({
    success: false,
    error: expect.stringContaining('You have 1 reminders'),
  })
})

test('forgets the reminders and the time zone of a user, and no other ones', async () => {
  await using plugin = await runPlugin(reminders)
  const other = { user: { id: 5 }, chat: { id: 5 } }
  await plugin.send('/timezone Asia/Tokyo')
  for (const place of [{}, other]) await plugin.send('remind me in 20 minutes of the tea', place)
  expect(await plugin.forgetUser(1_001)).toBe('one reminder')
  expect(await collectText(await plugin.send('/reminders'))).toContain('No reminders yet')
  expect(await collectText(await plugin.send('/timezone'))).not.toContain('Tokyo')
  expect(await collectText(await plugin.send('/reminders', other))).toContain('the tea')
  expect(await plugin.forgetUser(1_001)).toBeUndefined()
})

test('the model cancels what is clearly meant, and asks about anything else', async () => {
  const services = createTestServices()
  await using plugin = await runPlugin(reminders, { services })
  const cancel = (args: object): Promise<unknown> => plugin.callTool('cancel_reminder', args)
  expect(await cancel({})).toBe('You have no reminders.')
  await plugin.send('remind me in 20 minutes to drink tea')
  expect(await cancel({})).toMatch(/^Cancelled the reminder: /)
  for (const what of ['drink tea', 'call Ann', 'feed the cat'])
    await plugin.send(`remind me in 20 minutes to ${what}`)
  for (const unclear of [{}, { words: 'e' }, { number: 9 }, { number: 1, words: 'cat' }]) {
    expect(await cancel(unclear)).toMatch(/^You have 3 reminders\. Which one\?/)
  }
  expect(await cancel({ words: 'ANN' })).toMatch(/^Cancelled the reminder: /)
  expect(await plugin.callTool('list_reminders')).toMatchObject([
    { what: 'drink tea' },
    { what: 'feed the cat' },
  ])
  expect(await cancel({ number: 2 })).toMatch(/^Cancelled/)
  expect(await plugin.callTool('cancel_reminder', { scope: 'all' }, { user: { id: 666 } })).toBe(
    'You have no reminders.',
  )
  expect(await cancel({ scope: 'all' })).toMatch(/^Cancelled the reminder: /)
  await services.schedules.advance(3_600)
  expect(services.telegram.records).toEqual([])
})
