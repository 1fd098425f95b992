import type { AdminPlugin, AdminSetting, Button, PluginResult, Reply } from '@pluggram/sdk'
import { createTestServices, runPlugin } from '@pluggram/testing'
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
  isSetByChat: false,
  ...more,
})

function start(admin: TestAdminService): Promise<PluginUnderTest> {
  const config = example.plugins.admin
  return runPlugin(adminPlugin, { config, services: { ...createTestServices(), admin } })
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

test.each(['/plugins', '/set a b c', '/logs', '/errors', '/users', '/trust 2', '/allow 2', '/block 2'])(
  '%s is for owners only',
  async (command) => {
    const admin = createTestAdminService()
    await using assistant = await start(admin)
    for (const role of ['everyone', 'trusted'] as const) {
      expect(await assistant.send(command, { role })).toMatchObject({ success: false })
    }
    expect(admin.done).toEqual([])
  },
)

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
  expect(labels(own)).toEqual(['Restart', 'Configure', '« Back'])
})

test('a restart says that it was done', async () => {
  const admin = createTestAdminService({ plugins: [plugin('dice')] })
  await using assistant = await start(admin)
  const list = replyOf(await assistant.send('/plugins', OWNER))
  const page = replyOf(await assistant.press(button(list, 'dice'), OWNER))
  expect(replyOf(await assistant.press(button(page, 'Restart'), OWNER)).text).toContain('started anew')
  expect(admin.done).toEqual(['restart dice'])
})

test('choices and switches are buttons; secrets and lists are not', async () => {
  const admin = createTestAdminService({
    plugins: [plugin('dice')],
    settings: [
      setting('style', { type: 'choice', choices: ['plain', 'fancy'] }),
      setting('token', { isSecret: true, value: '••••••' }),
      setting('names', { type: 'other', value: '["a"]' }),
      setting('sides', { type: 'number', isSetByChat: true }),
    ],
  })
  await using assistant = await start(admin)
  const list = replyOf(await assistant.send('/plugins', OWNER))
  const page = replyOf(await assistant.press(button(list, 'dice'), OWNER))
  const settings = replyOf(await assistant.press(button(page, 'Configure'), OWNER))
  expect(labels(settings)).toEqual(['style', 'sides', '« Back'])
  const style = replyOf(await assistant.press(button(settings, 'style'), OWNER))
  await assistant.press(button(style, 'fancy'), OWNER)
  const sides = replyOf(await assistant.press(button(settings, 'sides'), OWNER))
  expect(sides.text).toContain('/set dice sides VALUE')
  await assistant.press(button(sides, 'Back to config.json'), OWNER)
  await assistant.send('/set dice sides 20 or so', OWNER)
  expect(admin.done).toEqual(['dice.style = fancy', 'dice.sides = undefined', 'dice.sides = 20 or so'])
})

test('a value that is refused is told in the words of the refusal', async () => {
  await using assistant = await start(createTestAdminService())
  expect(await assistant.send('/set dice sides wrong', OWNER)).toEqual({
    success: false,
    error: 'It must be right.',
  })
  expect(replyOf(await assistant.send('/set dice', OWNER)).text).toContain('/set PLUGIN KEY VALUE')
})

test('in a group the same list switches plugins there', async () => {
  const admin = createTestAdminService({ plugins: [plugin('dice'), plugin('off', { isOn: false })] })
  await using assistant = await start(admin)
  const list = replyOf(await assistant.send('/plugins', GROUP))
  expect(labels(list)).toEqual(['🟢 dice', '⚪ off'])
  expect(labels(replyOf(await assistant.press(button(list, 'dice'), GROUP)))).toEqual(['🌑 dice', '⚪ off'])
  expect(admin.done).toEqual(['dice off in -5'])
})

test('people are decided about by id, a group from inside, and nobody about themselves', async () => {
  const admin = createTestAdminService({
    parties: [
      { id: 2, name: 'Bob', standing: 'unknown', isInConfig: false },
      { id: 3, name: '', standing: 'owner', isInConfig: true },
    ],
  })
  await using assistant = await start(admin)
  await assistant.send('/block 2', OWNER)
  await assistant.send('/allow', GROUP)
  for (const wrong of ['/block 1', '/allow', '/trust Bob', '/trust -7', '/trust 0'])
    await assistant.send(wrong, OWNER)
  expect(admin.done).toEqual(['2 blocked', '-5 allowed'])
  const people = replyOf(await assistant.send('/users', OWNER))
  expect(people.text).toContain('👑 3: owner (config.json)')
  expect(labels(people)).toEqual(['❔ Bob · 2'])
  const bob = replyOf(await assistant.press(button(people, 'Bob'), OWNER))
  await assistant.press(button(bob, 'trusted'), OWNER)
  expect(admin.done.at(-1)).toBe('2 trusted')
})

test('the log is for private chats; how much is shown is configured, asked for, and bounded', async () => {
  const admin = createTestAdminService({ lines: ['one', 'two'] })
  await using assistant = await start(admin)
  expect(replyOf(await assistant.send('/logs', OWNER)).text).toBe('one\ntwo')
  await assistant.send('/errors 999', OWNER)
  expect(replyOf(await assistant.send('/logs', GROUP)).text).toContain('private chat only')
  expect(admin.done).toEqual(['50 lines', '200 problems'])
})

test.each(['zzz', 'p:nothing', 'w:2:king', 'w:x:owner', 'v:a:b:c', ''])(
  'a button that says %j is too old or forged, and does nothing',
  async (data) => {
    const admin = createTestAdminService({ plugins: [plugin('dice')] })
    await using assistant = await start(admin)
    const result = await assistant.press(data, OWNER)
    expect(replyOf(result).text).toContain('too old')
    expect(admin.done).toEqual([])
  },
)
