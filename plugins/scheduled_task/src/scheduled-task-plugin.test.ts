import { expect, test } from 'vitest'
import { collectText, createScriptedAi, createTestServices, runPlugin } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import example from '../config.example.json' with { type: 'json' }
import scheduledTask from './index.ts'
import { parseTimes } from './parse-times.ts'

installLeakCheck()

const trusted = { role: 'trusted' } as const

test.each([
  ['weekday 9:00 Stand-up!', '0 9 * * 1-5', 'Stand-up!'],
  ['every day at 6pm tea', '0 18 * * *', 'tea'],
  ['monday, thursday and friday 17:30 go', '30 17 * * 1,4,5', 'go'],
  ['weekend 10 sleep', '0 10 * * 0,6', 'sleep'],
  ['day 12 am midnight', '0 0 * * *', 'midnight'],
  ['cron: 0 9 1 * * first', '0 9 1 * *', 'first'],
])('“%s” is read', (text, expression, rest) => {
  expect(parseTimes(text)).toMatchObject({ times: { kind: 'cron', expression }, rest })
})

test.each([
  ['2 hours drink', 7_200],
  ['2 days drink', 172_800],
  ['week drink', 604_800],
  ['hour drink', 3_600],
  ['15 minutes drink', 900],
])('“%s” is an interval', (text, seconds) => {
  expect(parseTimes(text)).toMatchObject({ times: { kind: 'every', seconds }, rest: 'drink' })
})

test.each([
  ['whenever', 'When should I send it'],
  ['day 25:00 x', '25:00 is not a time'],
  ['day 13 pm x', '13 pm is not a time'],
  ['0 minutes x', 'between 1 minute'],
  ['9000 hours x', 'between 1 minute'],
  ['', 'When should I send it'],
  ['１０ minutes x', 'When should I send it'],
  ['99999 minutes x', 'When should I send it'],
  ['-5 minutes x', 'When should I send it'],
  ['1e3 minutes x', 'When should I send it'],
  ['day 9:99 x', '9:99 is not a time'],
  ['cron: * * * x', 'When should I send it'],
  ['cron: $(id) * * * * x', 'When should I send it'],
  [`${'monday and '.repeat(20_000)}x`, 'When should I send it'],
  [`cron: ${'* '.repeat(3)}${'1,'.repeat(100_000)}`, 'When should I send it'],
])('“%s” is refused in words', (text, words) => {
  expect(() => parseTimes(text)).toThrow(words)
})

test('a job made in a chat sends its message there, slot by slot, until it is deleted', async () => {
  const services = createTestServices()
  await using plugin = await runPlugin(scheduledTask, { services })
  const made = await plugin.send('/every 2 hours Drink something', trusted)
  expect(await collectText(made)).toContain('Every 2 hours (UTC) I send: Drink something')
  await services.schedules.advance(4 * 3_600 + 60)
  expect(services.telegram.records).toMatchObject([
    { chatId: 1_001, reply: { text: 'Drink something' } },
    { chatId: 1_001, reply: { text: 'Drink something' } },
  ])
  expect(await collectText(await plugin.send('/jobs', trusted))).toMatch(
    /^1\. every 2 hours: Drink something – /,
  )
  expect(await collectText(await plugin.press('p:1', trusted))).toBe('⏸ Paused.')
  expect(await collectText(await plugin.send('/jobs', trusted))).toContain('paused')
  await services.schedules.advance(8 * 3_600)
  expect(services.telegram.records).toHaveLength(2)
  expect(await collectText(await plugin.press('n:1', trusted))).toBe('▶️ Running now.')
  await services.schedules.advance(1)
  expect(services.telegram.records).toHaveLength(3)
  expect(await collectText(await plugin.press('d:1', trusted))).toContain('Deleted')
  expect(await plugin.send('/jobs', trusted)).toMatchObject({ response: expect.stringContaining('No jobs') })
})

test('an order is answered by the model when it is due', async () => {
  const ai = createScriptedAi(['Herons ', 'stand on one leg.'])
  const services = createTestServices({ ai })
  await using plugin = await runPlugin(scheduledTask, { services })
  await plugin.send('/every hour ai: a fact about a bird', trusted)
  await services.schedules.advance(3_601)
  expect(services.telegram.records).toMatchObject([
    { reply: { text: 'Herons stand on one leg.', format: 'markdown' } },
  ])
  // paid from the budget of the target chat
  expect(ai.requests).toMatchObject([{ for: { chat: { id: 1_001 } } }])
})

test('jobs of config.json go to their chats, and end when they are gone from there', async () => {
  const services = createTestServices({ ai: ['bird'] })
  const first = await runPlugin(scheduledTask, { services, config: example.plugins.scheduled_task })
  expect((await services.scheduler.list()).map(({ name }) => name).toSorted()).toEqual([
    'config-bird',
    'config-stand_up',
  ])
  await services.schedules.advance(8 * 86_400)
  const chats = new Set(services.telegram.records.map((record) => ('chatId' in record ? record.chatId : 0)))
  expect(chats).toEqual(new Set([-1_001_234_567_890, 1_001]))
  expect(await collectText(await first.send('/jobs', { role: 'owner' }))).toContain(
    'stand_up (config.json): every weekday 9:00',
  )
  await first.stop()
  const second = await runPlugin(scheduledTask, { services })
  expect(await services.scheduler.list()).toEqual([])
  await second.stop()
})

test('strangers neither make nor change jobs, and a group only sees its own', async () => {
  await using plugin = await runPlugin(scheduledTask)
  await plugin.send('/every hour tea', trusted)
  expect(await plugin.send('/every hour spam')).toMatchObject({
    success: false,
    error: expect.stringContaining('trusted'),
  })
  expect(await plugin.press('d:1')).toMatchObject({ success: false })
  const group = { chat: { id: -5, type: 'group' }, role: 'trusted' } as const
  expect(await plugin.send('/jobs', group)).toMatchObject({ response: expect.stringContaining('No jobs') })
  expect(await plugin.press('d:1', group)).toMatchObject({
    success: false,
    error: 'That job no longer exists.',
  })
})

test.each([
  [{ jobs: { x: { every: 'sometimes', chats: [1], message: 'x' } } }, 'jobs.x.every'],
  [{ jobs: { x: { every: 'day 9:00', chats: [1] } } }, 'jobs.x'],
  [
    { jobs: { x: { every: 'day 9:00', chats: [1], message: 'x', time_zone: 'Mars/Base' } } },
    'jobs.x.time_zone',
  ],
])('the configuration %j is refused', async (config, place) => {
  await expect(runPlugin(scheduledTask, { config: config as never })).rejects.toThrow(
    `plugins.scheduled_task.${place}`,
  )
})

test('no more jobs than configured, and no empty ones', async () => {
  await using plugin = await runPlugin(scheduledTask, { config: { max_jobs: 1 } })
  await plugin.send('/every hour tea', trusted)
  expect(await plugin.send('/every hour more', trusted)).toMatchObject({
    error: expect.stringContaining('maximum of 1 jobs'),
  })
  expect(await plugin.send('/every hour', trusted)).toMatchObject({
    error: expect.stringContaining('What should I send'),
  })
})
