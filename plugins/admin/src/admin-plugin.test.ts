import type { AdminPlugin, AdminSetting, Button, PluginResult, Reply } from '@pluggram/sdk'
import { createTestContext, createTestServices, createTestTelegram, runPlugin } from '@pluggram/testing'
import type { PluginUnderTest, TestMessage } from '@pluggram/testing'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { expect, test } from 'vitest'
import example from '../config.example.json' with { type: 'json' }
import adminPlugin from './index.ts'
import { createTestAdminService } from './test-admin-service.ts'
import type { TestAdminService } from './test-admin-service.ts'

installLeakCheck()

const OWNER: TestMessage = { role: 'owner', user: { id: 1 } }
const GROUP: TestMessage = { ...OWNER, chat: { id: -5, type: 'group', title: 'Team' } }

const plugin = (name: string, more: Partial<AdminPlugin> = {}): AdminPlugin => ({
  name,
  isOn: true,
  state: 'running',
  isolation: 'inline',
  ...more,
})
const setting = (key: string, more: Partial<AdminSetting> = {}): AdminSetting => ({
  key,
  value: '1',
  type: 'text',
  isSecret: false,
  isMissing: false,
  isPerChat: false,
  isSet: false,
  ...more,
})

function start(admin: TestAdminService, services = createTestServices()): Promise<PluginUnderTest> {
  const config = example.plugins.admin
  return runPlugin(adminPlugin, { config, services: { ...services, admin } })
}

/** The page that opens from a button on the page of dice. */
async function settingsOf(assistant: PluginUnderTest, label: string, who: TestMessage): Promise<Reply> {
  const list = replyOf(await assistant.send('/plugins', who))
  const page = replyOf(await assistant.press(button(list, 'dice'), who))
  return replyOf(await assistant.press(button(page, label), who))
}

function replyOf(result: PluginResult | undefined): Reply {
  if (!result?.success) throw new Error('not answered')
  return result.response as Reply
}

function button(reply: Reply, label: string): string {
  const found = (reply.buttons ?? []).flat().find(({ text }) => text.includes(label))
  if (!found || !('data' in found)) throw new Error(`no button ${label}`)
  return found.data
}

const labels = (reply: Reply): string[] => (reply.buttons ?? []).flat().map(({ text }: Button) => text)

test.each([
  '/plugins',
  '/plugins set a b c here',
  '/plugins off a',
  '/set a b c',
  '/logs',
  '/errors',
  '/users',
  '/trust 2',
  '/allow 2',
  '/block 2',
])('%s is for owners only', async (command) => {
  const admin = createTestAdminService()
  await using assistant = await start(admin)
  for (const role of ['everyone', 'trusted'] as const) {
    expect(await assistant.send(command, { role })).toMatchObject({ success: false })
  }
  expect(admin.done).toEqual([])
})

test('a button that an owner opened does nothing for others', async () => {
  const admin = createTestAdminService({ plugins: [plugin('dice')] })
  await using assistant = await start(admin)
  const page = replyOf(
    await assistant.press(button(replyOf(await assistant.send('/plugins', OWNER)), 'dice'), OWNER),
  )
  const off = button(page, 'Switch off')
  expect(await assistant.press(off, { role: 'trusted' })).toMatchObject({ success: false })
  expect(admin.done).toEqual([])
  await assistant.press(off, OWNER)
  expect(admin.done).toEqual(['dice off'])
})

test('buttons fit whatever plugins and keys are called, and long lists have pages', async () => {
  const plugins = Array.from({ length: 45 }, (_, index) => plugin(`p${index}_${'x'.repeat(60)}`.slice(0, 64)))
  const admin = createTestAdminService({ plugins, settings: [setting('k'.repeat(200))] })
  await using assistant = await start(admin)
  const first = replyOf(await assistant.send('/plugins', OWNER))
  expect(labels(first)).toHaveLength(21)
  const second = replyOf(await assistant.press(button(first, '›'), OWNER))
  const third = replyOf(await assistant.press(button(second, '›'), OWNER))
  expect(labels(third)).toHaveLength(6)
  const page = replyOf(await assistant.press(button(third, 'p44_'), OWNER))
  const settings = replyOf(await assistant.press(button(page, 'Configure'), OWNER))
  const all = [first, second, third, page, settings].flatMap(({ buttons = [] }) => buttons.flat())
  for (const item of all) expect(Buffer.byteLength('data' in item ? item.data : '')).toBeLessThanOrEqual(59)
})

test('a plugin that failed says why, and this plugin cannot switch itself off', async () => {
  const admin = createTestAdminService({
    plugins: [plugin('admin'), plugin('sick', { state: 'failed', problem: 'Missing required config: x' })],
  })
  await using assistant = await start(admin)
  const list = replyOf(await assistant.send('/plugins', OWNER))
  expect(labels(list)).toEqual(['🟢 admin', '🔴 sick'])
  expect(replyOf(await assistant.press(button(list, 'sick'), OWNER)).text).toContain(
    'Missing required config',
  )
  const own = replyOf(await assistant.press(button(list, 'admin'), OWNER))
  expect(labels(own)).toEqual(['Restart', 'Configure', 'In this chat »', '« Back'])
  for (const command of ['/plugins off admin', '/plugins off admin here'])
    expect(replyOf(await assistant.send(command, OWNER)).text).toContain('must stay on')
  expect(admin.done).toEqual([])
})

test('a restart says that it was done', async () => {
  const admin = createTestAdminService({ plugins: [plugin('dice')] })
  await using assistant = await start(admin)
  const list = replyOf(await assistant.send('/plugins', OWNER))
  const page = replyOf(await assistant.press(button(list, 'dice'), OWNER))
  expect(replyOf(await assistant.press(button(page, 'Restart'), OWNER)).text).toContain('Restarted.')
  expect(admin.done).toEqual(['restart dice'])
})

test('choices and switches are buttons, other values are asked for, secrets are neither', async () => {
  const admin = createTestAdminService({
    plugins: [plugin('dice')],
    settings: [
      setting('style', { type: 'choice', choices: ['plain', 'fancy'], description: 'How it looks.' }),
      setting('token', { isSecret: true, value: '••••••' }),
      setting('names', { type: 'other', value: '["a"]' }),
      setting('sides', { type: 'number', isSet: true, isMissing: false }),
      setting('city', { value: '', isMissing: true }),
    ],
  })
  await using assistant = await start(admin)
  const settings = await settingsOf(assistant, 'Configure', OWNER)
  expect(settings.text).toContain('style = 1\n   How it looks.')
  expect(settings.text).toContain('sides = 1 ✏️')
  expect(settings.text).toContain('city = (missing)')
  expect(labels(settings)).toEqual(['style', 'names', 'sides', 'city', '« Back'])
  const style = replyOf(await assistant.press(button(settings, 'style'), OWNER))
  await assistant.press(button(style, 'fancy'), OWNER)
  const sides = replyOf(await assistant.press(button(settings, 'sides'), OWNER))
  expect(sides.text).toContain('reply to this message with the new value (a number)')
  await assistant.press(button(sides, 'Reset to default'), OWNER)
  expect(admin.done).toEqual(['dice.style = fancy', 'dice.sides = undefined'])
})

test('an answer to the page of a key sets it; one to another page, or after it, does not', async () => {
  const admin = createTestAdminService({ plugins: [plugin('dice')], settings: [setting('sides')] })
  await using assistant = await start(admin)
  const settings = await settingsOf(assistant, 'Configure', OWNER)
  const context = createTestContext({ ...OWNER, callback: button(settings, 'sides') })
  const page = replyOf(await assistant.ask(context))
  const replyTo = { id: context.message.id, text: '', fromBot: true }
  await assistant.send('12', { ...OWNER, replyTo })
  expect(admin.done).toEqual(['dice.sides = 12'])
  for (const other of [
    { ...replyTo, id: replyTo.id + 1 },
    { ...replyTo, fromBot: false },
  ])
    expect(await assistant.send('13', { ...OWNER, replyTo: other })).toBeUndefined()
  expect(await assistant.send('14', { role: 'trusted', replyTo })).toMatchObject({ success: false })
  expect(await assistant.send('15', { ...OWNER, chat: { id: 9 }, replyTo })).toBeUndefined()
  const back = createTestContext({ ...OWNER, callback: button(page, 'Back') })
  await assistant.ask({ ...back, message: { ...back.message, id: context.message.id } })
  expect(await assistant.send('16', { ...OWNER, replyTo })).toBeUndefined()
  expect(admin.done).toEqual(['dice.sides = 12'])
})

test('a value that is refused is told in the words of the refusal', async () => {
  await using assistant = await start(createTestAdminService())
  expect(await assistant.send('/set dice sides wrong', OWNER)).toEqual({
    success: false,
    error: 'It must be right.',
  })
  expect(replyOf(await assistant.send('/set dice', OWNER)).text).toContain('/plugins set NAME KEY VALUE')
})

test('a message that holds a secret is deleted, and its writer warned', async () => {
  const services = createTestServices()
  await using assistant = await start(createTestAdminService(), services)
  const context = createTestContext({ ...OWNER, text: '/plugins set dice token hunter2' })
  expect(await assistant.ask(context)).toMatchObject({
    success: false,
    error: expect.stringMatching(/secret.*deleted your message/),
  })
  expect(services.telegram.records).toEqual([
    { kind: 'delete', chatId: context.chat.id, messageId: context.message.id },
  ])
})

test('a message with a secret that cannot be deleted has to be deleted by hand', async () => {
  const telegram = {
    ...createTestTelegram(),
    delete: async () => Promise.reject(new Error('message cannot be deleted')),
  }
  await using assistant = await start(createTestAdminService(), createTestServices({ telegram }))
  expect(await assistant.send('/set dice token hunter2', OWNER)).toMatchObject({
    error: expect.stringContaining('Delete it yourself'),
  })
})

test('words behind /plugins do what the buttons do', async () => {
  const admin = createTestAdminService({
    plugins: [plugin('dice')],
    settings: [setting('sides', { isPerChat: true }), setting('all')],
  })
  await using assistant = await start(admin)
  const say = async (text: string, message = OWNER): Promise<Reply> =>
    replyOf(await assistant.send(`/plugins ${text}`, message))
  expect((await say('set dice sides 20 or so')).text).toBe('dice.sides is 1 everywhere now.')
  expect((await say('set dice sides 20\nlines here', GROUP)).text).toBe('dice.sides is 1 in this chat now.')
  await say('set dice sides "come here"')
  await say('unset dice sides')
  await say('unset dice sides here', GROUP)
  await say('off dice')
  await say('on dice here', GROUP)
  await say('restart dice')
  expect(admin.done).toEqual([
    'dice.sides = 20 or so',
    'dice.sides = 20\nlines in -5',
    'dice.sides = "come here"',
    'dice.sides = undefined',
    'dice.sides = undefined in -5',
    'dice off',
    'dice on in -5',
    'restart dice',
  ])
  expect(labels(await say('config dice'))).toEqual(['sides', 'all', '« Back'])
  expect(labels(await say('config dice here'))).toEqual(['sides', '« Back'])
  expect(labels(await say('dice'))).toContain('Restart')
  for (const wrong of ['nonsense', 'set', 'set dice', 'unset dice', 'fly dice'])
    expect((await say(wrong)).text).toContain('/plugins')
})

test('in a group a plugin is switched and configured there, or everywhere', async () => {
  const admin = createTestAdminService({
    plugins: [plugin('dice'), plugin('off', { isOn: false })],
    settings: [setting('sides', { isPerChat: true, isSet: true }), setting('secret_of_all')],
  })
  await using assistant = await start(admin)
  const list = replyOf(await assistant.send('/plugins', GROUP))
  expect(labels(list)).toEqual(['🟢 dice', '⚪ off'])
  const page = replyOf(await assistant.press(button(list, 'dice'), GROUP))
  expect(labels(page)).toEqual(['Switch off here', 'Configure here', 'Everywhere »', '« Back'])
  const settings = replyOf(await assistant.press(button(page, 'Configure here'), GROUP))
  expect(labels(settings)).toEqual(['sides', '« Back'])
  const sides = replyOf(await assistant.press(button(settings, 'sides'), GROUP))
  await assistant.press(button(sides, 'Same as everywhere'), GROUP)
  const off = replyOf(await assistant.press(button(page, 'Switch off here'), GROUP))
  expect(off.text).toContain('it is off')
  const everywhere = replyOf(await assistant.press(button(page, 'Everywhere'), GROUP))
  // settings that apply to everybody are not shown in this group
  expect(labels(everywhere)).toEqual(['Switch off', 'Restart', 'In this chat »', '« Back'])
  expect(replyOf(await assistant.send('/plugins config dice', GROUP)).text).toContain('in our private chat')
  await assistant.press(button(everywhere, 'Switch off'), GROUP)
  expect(admin.done).toEqual(['dice.sides = undefined in -5', 'dice off in -5', 'dice off'])
})

test('people are decided about by id, a group from inside, and nobody about themselves', async () => {
  const admin = createTestAdminService({
    parties: [
      { id: 2, name: 'Bob @owner', username: 'bob_1', standing: 'unknown', isInConfig: false },
      { id: 3, name: '', standing: 'owner', isInConfig: true },
    ],
  })
  await using assistant = await start(admin)
  await assistant.send('/block 2', OWNER)
  await assistant.send('/allow', GROUP)
  // whoever means the writer of one message must not block the whole group by mistake
  const replyTo = { id: 3, text: 'spam', fromBot: false }
  expect(replyOf(await assistant.send('/block', { ...GROUP, replyTo })).text).toContain('Use an ID')
  await assistant.send('/block', { ...GROUP, replyTo: { ...replyTo, userId: 77 } })
  await assistant.send('/trust @BOB_1', OWNER)
  for (const wrong of ['/block 1', '/allow', '/trust Bob', '/trust -7', '/trust 0', '/trust @nobody'])
    await assistant.send(wrong, OWNER)
  expect(admin.done).toEqual(['2 blocked', '-5 allowed', '77 blocked', '2 trusted'])
  const people = replyOf(await assistant.send('/users', OWNER))
  expect(people.text).toContain('👑 3: owner (config.json)')
  expect(labels(people)).toEqual(['❔ Bob owner (@bob_1) · 2'])
  const bob = replyOf(await assistant.press(button(people, 'Bob'), OWNER))
  const question = replyOf(await assistant.press(button(bob, 'trusted'), OWNER))
  expect(admin.done.at(-1)).toBe('2 trusted')
  expect(admin.done).toHaveLength(4)
  expect(question.text).toContain('Trust Bob')
  expect(question.buttons?.flat()).toMatchObject([{ onlyFor: 1 }, { onlyFor: 1 }])
  await assistant.press(button(question, 'Yes'), OWNER)
  expect(admin.done).toHaveLength(5)
})

test('the log is for private chats; how much is shown is configured, asked for, and bounded', async () => {
  const admin = createTestAdminService({ lines: ['one', 'two'] })
  await using assistant = await start(admin)
  expect(replyOf(await assistant.send('/logs', OWNER)).text).toBe('one\ntwo')
  await assistant.send('/errors 999', OWNER)
  expect(replyOf(await assistant.send('/logs', GROUP)).text).toContain('in our private chat')
  expect(admin.done).toEqual(['50 lines', '200 problems'])
})

test.each(['zzz', 'ep:nothing', 'p:nothing', 'w:2:king', 'w:x:owner', 'ev:a:b:c', ''])(
  'a button that says %j is too old or forged, and does nothing',
  async (data) => {
    const admin = createTestAdminService({ plugins: [plugin('dice')] })
    await using assistant = await start(admin)
    const result = await assistant.press(data, OWNER)
    expect(replyOf(result).text).toContain('too old')
    expect(admin.done).toEqual([])
  },
)
