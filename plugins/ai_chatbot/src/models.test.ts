import type { AiService, AiSubject, ModelChoice } from '@pluggram/sdk'
import { installLeakCheck } from '@pluggram/testing/leak-check'
import { expect, test } from 'vitest'
import { GROUP, TestChatbot } from './test-chatbot.ts'

installLeakCheck()

const LONG = `far:${'away'.repeat(30)}`

/** Models to choose from, and the choice that was made. */
function choosing(): { ai: Partial<AiService>; chosen: { id: string | null; subject: AiSubject }[] } {
  const chosen: { id: string | null; subject: AiSubject }[] = []
  const models = async (): Promise<ModelChoice[]> =>
    ['near:small', LONG].map((id) => ({
      id,
      isDefault: id === 'near:small',
      isCurrent: (chosen.at(-1)?.id ?? 'near:small') === id,
    }))
  const choose: AiService['choose'] = async (id, subject) => void chosen.push({ id, subject })
  return { ai: { models, choose }, chosen }
}

const buttons = (result: unknown): string[] =>
  [...JSON.stringify(result).matchAll(/"data":"([^"]+)"/g)].map(([, data = '']) => data)

test('/model chooses by button: in a private chat for the user, in a group for the group', async () => {
  const { ai, chosen } = choosing()
  await using bot = await TestChatbot.start({ ai })
  expect(await bot.say('/model')).toContain('● near:small (default)')
  const [first = '', far = ''] = buttons(await bot.result('/model'))
  expect(await bot.press(far)).toContain(`● ${LONG}`)
  expect(chosen.at(-1)).toMatchObject({ id: LONG, subject: { user: { id: 1_001 } } })
  expect(chosen.at(-1)?.subject).not.toHaveProperty('chat')
  await bot.press(first)
  expect(chosen.at(-1)?.id).toBeNull()
  await bot.press(far, { ...GROUP, role: 'trusted' })
  expect(chosen.at(-1)?.subject).toMatchObject({ chat: { id: -5 } })
})

test('/model chooses by name, and says what may be chosen', async () => {
  const { ai, chosen } = choosing()
  await using bot = await TestChatbot.start({ ai })
  expect(await bot.say(`/model ${LONG}`)).toContain(`● ${LONG}`)
  expect(await bot.say('/model near:small')).toContain('● near:small')
  expect(await bot.say('/model default')).toContain('● near:small')
  expect(chosen.map(({ id }) => id)).toEqual([LONG, null, null])
  expect(await bot.say('/model evil:model')).toBe(
    `error: “evil:model” is not available. Choose from near:small, ${LONG}, default.`,
  )
  expect(await bot.say(`/model ${LONG}`, GROUP)).toMatch(/^error: Only the owner/)
  expect(chosen).toHaveLength(3)
})

test('in a group /model names the group’s model, whatever the person chose for themselves', async () => {
  const { ai } = choosing()
  const model: AiService['model'] = async ({ user } = {}) => ({
    id: user ? LONG : 'near:small',
    isDemo: false,
  })
  await using bot = await TestChatbot.start({ ai: { ...ai, model } })
  expect(await bot.say('/model', GROUP)).toMatch(/^Now: near:small\. Pick a model for this group/)
})

test('strangers choose no model for a group, and nobody one that is not offered', async () => {
  const { ai, chosen } = choosing()
  await using bot = await TestChatbot.start({ ai })
  expect(buttons(await bot.result('/model', GROUP))).toEqual([])
  const [, far = ''] = buttons(await bot.result('/model'))
  expect(await bot.press(far, GROUP)).toMatch(/^error: Only the owner/)
  expect(await bot.press('model:nonsense')).toMatch(/^error: /)
  expect(chosen).toEqual([])
})

test('with nothing to choose /model names the model', async () => {
  await using bot = await TestChatbot.start()
  expect(await bot.say('/model')).toMatch(/^You are using test:scripted\./)
})

test('/usage shows people what is theirs, and the owner everything', async () => {
  const endsAt = new Date('2026-12-01T00:00:00Z')
  const line = { period: 'day', tokens: 1_500, money: 0.0125, endsAt } as const
  const usage: AiService['usage'] = async () => ({
    currency: 'USD',
    lines: [
      { ...line, scope: 'overall' },
      { ...line, scope: 'user', tokenLimit: 1_000 },
      { ...line, scope: 'chat', period: 'month', money: 0 },
    ],
  })
  await using bot = await TestChatbot.start({ ai: { usage } })
  expect(await bot.say('/usage')).toBe(
    'You\ntoday: 1,500 of 1,000 tokens, 0.0125 USD – limit reached until Tue, 1 Dec 2026, 00:00 (UTC)\n\nThis chat\nthis month: 1,500 tokens',
  )
  expect(await bot.say('/usage', { role: 'owner' })).toContain('The whole assistant\ntoday: 1,500 tokens')
})

test('/usage tells what the cheaper model took apart, each against the limit', async () => {
  const endsAt = new Date('2026-11-24T00:00:00Z')
  const limits = { tokenLimit: 1_000, moneyLimit: 0.005 }
  const usage: AiService['usage'] = async () => ({
    currency: 'EUR',
    lines: [
      {
        scope: 'user',
        period: 'day',
        tokens: 1_800,
        money: 0.0064,
        cheaper: { tokens: 900, money: 0.0014 },
        ...limits,
        endsAt,
      },
    ],
  })
  await using bot = await TestChatbot.start({ ai: { usage } })
  expect(await bot.say('/usage')).toBe(
    'You\ntoday: 900 of 1,000 tokens, 0.005 of 0.005 EUR – limit reached until Tue, 24 Nov 2026, 00:00 (UTC); the cheaper model: 900 of 1,000 tokens, 0.0014 of 0.005 EUR',
  )
})

test('the model notes facts only where the owner lets it, and says so in the chat', async () => {
  await using bot = await TestChatbot.start()
  expect(await bot.remember('The user is vegetarian')).toEqual({
    result: 'Noted.',
    replies: ['📝 Saved: The user is vegetarian\n/memory shows everything.'],
  })
  expect(await bot.say('/memory')).toContain('1. The user is vegetarian (saved by me)')
  expect((await bot.remember('x', GROUP)).result).toContain('only be saved in private chats')
  expect((await bot.remember('x', { user: { id: 0 } })).result).toContain('only be saved in private chats')
  await using asked = await TestChatbot.start({ config: { facts: 'on_request' } })
  expect(await asked.remember('x')).toEqual({
    result: 'The owner turned this off.',
    replies: [],
  })
})
