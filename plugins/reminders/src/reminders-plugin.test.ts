import { describeMoment } from '@pluggram/plugin-kit'
import { describe, expect, test, vi } from 'vitest'
import type { Reply } from '@pluggram/sdk'
import { collectText, createTestServices, createTestTelegram, runPlugin } from '@pluggram/testing'
import type { PluginUnderTest } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import reminders from './index.ts'
import { momentOf, offsetMinutes } from './time/time-zone.ts'

installLeakCheck()

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
  expect(await collectText(await plugin.press('cancel:1'))).toBe('✖ Cancelled: tea')
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

test.each(['Asia/Tokyo', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Apia', '-03:30'])(
  'tomorrow is nine by the clock of the writer in %s',
  async (timeZone) => {
    await using plugin = await runPlugin(reminders)
    expect(await collectText(await plugin.send('/remind tomorrow tea', { timeZone }))).toContain(
      `09:00 (${timeZone}): tea`,
    )
    expect(await collectText(await plugin.send('/reminders', { timeZone }))).toContain('09:00: tea')
  },
)
test('the model adds and lists reminders; what it cannot mean is told to it', async () => {
  await using plugin = await runPlugin(reminders)
  expect(await plugin.callTool('add_reminder', { what: 'tea', when: 'in 2 hours' })).toMatchObject({
    reminded: 'tea',
  })
  expect(await plugin.callTool('add_reminder', { what: 'tea', when: 'someday' })).toMatchObject({
    error: expect.stringContaining('not a date'),
  })
  expect(await plugin.callTool('list_reminders', {})).toMatchObject([{ number: 1, what: 'tea' }])
})

test('the model moves a reminder, and makes one that repeats', async () => {
  await using plugin = await runPlugin(reminders)
  const move = (args: object): Promise<unknown> => plugin.callTool('move_reminder', args)
  expect(await move({ when: '6 pm' })).toBe('You have no reminders.')
  await plugin.send('remind me tomorrow at 9 to call Ann')
  await plugin.send('remind me tomorrow at 10 to feed the cat')
  expect(await move({ when: '6 pm' })).toMatch(/^Moved the reminder from .*10:00 to .*18:00\.$/)
  expect(await move({ when: '7 pm', words: 'ann' })).toMatch(/09:00 to .*19:00\.$/)
  expect(await move({ when: 'never' })).toEqual({ error: expect.stringContaining('not a date') })
  expect(await move({ when: '6 pm', number: 7 })).toMatch(/^You have 2 reminders\. Which one\?/)
  const [ann, cat] = (await plugin.callTool('list_reminders')) as { what: string }[]
  expect([ann?.what, cat?.what]).toEqual(['feed the cat', 'call Ann'])
  expect(
    await plugin.callTool('add_reminder', { what: 'stand-up', when: 'every weekday at 9' }),
  ).toMatchObject({
    repeats: 'every weekday at 09:00',
  })
  expect(await move({ when: '8:30' })).toMatch(/it repeats every weekday at 08:30\.$/)
})

test('a reminder that repeats comes again and again, until it is stopped', async () => {
  const services = createTestServices({ telegram: createTestTelegram() })
  await using plugin = await runPlugin(reminders, { services })
  expect(await collectText(await plugin.send('/remind every 2 hours drink'))).toMatch(
    /^OK, 🔁 every 2 hours, first on .*: drink$/,
  )
  const sent = (): string[] =>
    services.telegram.records.map((record) => (record.kind === 'send' ? String(record.reply.text) : ''))
  vi.setSystemTime(Date.now() + 2 * 3_600_000 + 1_000)
  await services.schedules.advance(2 * 3_600 + 1)
  expect(sent()).toEqual(['⏰ drink'])
  expect(await collectText(await plugin.send('/reminders'))).toContain('(every 2 hours): drink')
  // a snoozed one comes beside the next
  expect(await collectText(await plugin.press('snooze:1:10'))).toContain('again in 10 min')
  expect(await plugin.callTool('list_reminders')).toHaveLength(2)
  expect(await collectText(await plugin.press('cancel:1'))).toBe('✖ Cancelled: drink')
  vi.useRealTimers()
})

const textOf = async (result: Awaited<ReturnType<PluginUnderTest['send']>>): Promise<string> =>
  result?.success === false ? result.error : collectText(result)
const buttonsOf = (result: Awaited<ReturnType<PluginUnderTest['send']>>): string[] => {
  const { buttons = [] } = (result?.success ? result.response : {}) as Reply
  return buttons.flat().map(({ text }) => text)
}

describe('what is missing is asked for', () => {
  test('the time, by buttons or by a message, also after a restart', async () => {
    const database = createTestServices()
    const first = await runPlugin(reminders, { services: database })
    const asked = await first.send('remind me to buy milk')
    expect(await textOf(asked)).toBe('⏰ When should I remind you: buy milk?')
    // in the evening the second one is left out
    expect(buttonsOf(asked).filter((text) => text !== 'This evening')).toEqual([
      'In 1 hour',
      'Tomorrow 09:00',
      'Another time…',
    ])
    await first.stop()
    await using plugin = await runPlugin(reminders, { services: database })
    expect(await plugin.press('when:1:hour', { user: { id: 666 } })).toMatchObject({ success: false })
    expect(await textOf(await plugin.press('when:1:other'))).toContain('Write the time, for example')
    // what is no time is for somebody else
    expect(await plugin.send('how are you?')).toBeUndefined()
    expect(await plugin.send('in 30 min', { user: { id: 2 } })).toBeUndefined()
    expect(await textOf(await plugin.send('in 30 min'))).toBe('OK, in 30 minutes: buy milk')
    expect(await plugin.send('in 30 min')).toBeUndefined()
    expect(await plugin.press('when:1:hour')).toMatchObject({ success: false })
    await plugin.send('/remind call Ann')
    expect(await textOf(await plugin.press('when:2:tomorrow'))).toMatch(/^OK, on .*09:00 \(UTC\): call Ann$/)
    await plugin.send('/remind call Bob')
    expect(await textOf(await plugin.send('yesterday'))).toBe(
      'That time has already passed. For example: /remind tomorrow at 9 to water the plants',
    )
    expect(await textOf(await plugin.send('every weekday at 9'))).toMatch(
      /^OK, 🔁 every weekday at 09:00.*call Bob$/,
    )
    expect(await plugin.callTool('list_reminders')).toHaveLength(3)
  })

  test('the words, of a reminder that comes without them, too', async () => {
    await using plugin = await runPlugin(reminders)
    const asked = await plugin.send('remind me on Friday')
    expect(await textOf(asked)).toMatch(/^OK, on Fri, .*09:00 \(UTC\)\.\nWhat should I remind you about\?$/)
    expect(buttonsOf(asked)).toEqual(['Just remind me', '✖ Cancel'])
    expect(await plugin.callTool('list_reminders')).toMatchObject([{ what: 'Reminder' }])
    expect(await textOf(await plugin.send('the meeting'))).toMatch(/^OK, on Fri, .*: the meeting$/)
    expect(await plugin.callTool('list_reminders')).toMatchObject([{ what: 'the meeting' }])
    expect(await plugin.send('the weather?')).toBeUndefined()
    await plugin.send('/remind in 30 min')
    expect(await textOf(await plugin.press('plain:2'))).toMatch(/: Reminder$/)
    expect(await plugin.send('the weather?')).toBeUndefined()
  })

  test('but what is said after it came, or to others in a group, is for somebody else', async () => {
    const services = createTestServices({ telegram: createTestTelegram() })
    await using plugin = await runPlugin(reminders, { services })
    await plugin.send('remind me in 30 seconds')
    await services.schedules.advance(60)
    expect(services.telegram.records).toMatchObject([{ reply: { text: '⏰ Reminder' } }])
    expect(await plugin.send('hello')).toBeUndefined()
    const group = { chat: { id: -5, type: 'group' as const } }
    await plugin.send('remind me on Friday', group)
    expect(await plugin.send('see you', { ...group, isAddressed: false })).toBeUndefined()
    expect(await textOf(await plugin.send('the party', { ...group, isAddressed: true }))).toMatch(
      /: the party$/,
    )
  })

  test('in the language of the person', async () => {
    await using plugin = await runPlugin(reminders)
    const user = { languageCode: 'de' }
    const asked = await plugin.send('erinnere mich an die Milch', { user })
    expect(await textOf(asked)).toBe('⏰ Wann soll ich dich erinnern: die Milch?')
    expect(await textOf(await plugin.send('in 20 Minuten', { user }))).toMatch(/^OK, .*: die Milch$/)
    expect(await textOf(await plugin.send('/remind morgen um 25:00 Milch', { user }))).toContain(
      'Zum Beispiel: /remind morgen um 9 Blumen gießen',
    )
  })

  test('in the language of the person also when it is listed, comes, and is put off', async () => {
    const services = createTestServices({ telegram: createTestTelegram() })
    await using plugin = await runPlugin(reminders, { services })
    const user = { languageCode: 'de' }
    expect(await textOf(await plugin.send('/reminders', { user }))).toBe(
      'Noch keine Erinnerungen. Versuch es mit: /remind morgen um 9 Blumen gießen',
    )
    const set = await plugin.send('/remind jeden Montag um 9 Müll', { user })
    expect(await textOf(set)).toMatch(/^OK, 🔁 jeden Montag um 09:00, zum ersten Mal Mo\., .*: Müll$/)
    expect(await textOf(await plugin.send('/reminders', { user }))).toMatch(
      /^1\. Mo\., .* \(jeden Montag um 09:00\): Müll$/,
    )
    await services.schedules.advance(8 * 86_400)
    const [record] = services.telegram.records
    const reply: Reply = record?.kind === 'send' ? record.reply : {}
    expect(reply.buttons?.flat().map(({ text }) => text)).toEqual([
      '💤 10 Min.',
      '💤 1 Std.',
      '💤 1 Tg.',
      '✖ Nicht mehr wiederholen',
    ])
    expect(await textOf(await plugin.press('snooze:1:60', { user }))).toBe('💤 Müll (wieder in 1 Std.)')
    expect(await textOf(await plugin.press('cancel:1', { user }))).toBe('✖ Abgesagt: Müll')
    expect(await plugin.press('cancel:99', { user })).toMatchObject({
      error: 'Diese Erinnerung gibt es nicht mehr, oder sie ist nicht deine.',
    })
  })

  test('but not of who asks for something else', async () => {
    await using plugin = await runPlugin(reminders)
    for (const text of [
      'remind me what Ann said',
      'remind me when I am home',
      '日本の首都を教えて',
      'I was reminded',
    ])
      expect([text, await plugin.send(text)]).toEqual([text, undefined])
  })
})

test('a time of day that has passed is tomorrow, and that is said', async () => {
  await using plugin = await runPlugin(reminders)
  const hour = (new Date().getUTCHours() + 23) % 24
  const text = `/remind at ${String(hour).padStart(2, '0')}:00 tea`
  expect(await textOf(await plugin.send(text))).toMatch(
    hour === 23 ? /: tea$/ : /: tea\nThat time has passed today, so it is tomorrow\.$/,
  )
})

test('nobody has more than the configured number', async () => {
  await using plugin = await runPlugin(reminders, { config: { max_per_person: 1 } })
  await plugin.send('/remind in 5 minutes one')
  expect(await plugin.send('/remind in 5 minutes two')).toMatchObject({
    success: false,
    error: expect.stringContaining('You have 1 reminders'),
  })
})

test('forgets the reminders of a user, and no other ones', async () => {
  await using plugin = await runPlugin(reminders)
  const other = { user: { id: 5 }, chat: { id: 5 } }
  for (const place of [{}, other]) await plugin.send('remind me in 20 minutes of the tea', place)
  expect(await plugin.forgetUser(1_001)).toBe('one reminder')
  expect(await collectText(await plugin.send('/reminders'))).toContain('No reminders yet')
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
