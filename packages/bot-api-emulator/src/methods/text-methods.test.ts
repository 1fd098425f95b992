import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DriverEvent } from '../drive-types.ts'
import { openMethodStage, png } from '../testing/method-stage.ts'
import type { MethodStage } from '../testing/method-stage.ts'

let stage: MethodStage

beforeEach(async () => {
  stage = await openMethodStage()
})

afterEach(async () => {
  vi.useRealTimers()
  await stage.emulator.close()
})

describe('sending text', () => {
  it.each([
    [{ chat_id: 12, text: 'x' }, '400 Bad Request: chat not found'],
    [{ chat_id: '@nobody', text: 'x' }, '400 Bad Request: chat not found'],
    [{ text: 'x' }, '400 Bad Request: chat_id is empty'],
    [{ chat_id: 'ME' }, '400 Bad Request: message text is empty'],
    [{ chat_id: 'ME', text: ' \n ' }, '400 Bad Request: message text is empty'],
    [{ chat_id: 'ME', text: 'x'.repeat(4097) }, '400 Bad Request: message is too long'],
    [{ chat_id: 'ME', text: 'x', parse_mode: 'bb' }, '400 Bad Request: unsupported parse_mode'],
    [
      { chat_id: 'ME', text: '<b>', parse_mode: 'HTML' },
      '400 Bad Request: can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
    ],
    [
      { chat_id: 'ME', text: 'x', entities: [{ type: 'bold', offset: 0, length: 5 }] },
      '400 Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 5',
    ],
    [
      { chat_id: 'ME', text: 'x', entities: [{ type: 'loud', offset: 0, length: 1 }] },
      /^400 Bad Request: parameter "entities\[0\]\.type" must be one of mention, /,
    ],
    [
      { chat_id: 'ME', text: 'x', entities: [{ type: 'bold', offset: '0', length: 1 }] },
      '400 Bad Request: parameter "entities[0].offset" must be number',
    ],
    [
      { chat_id: 'ME', text: 'x', reply_parameters: { message_id: 99 } },
      '400 Bad Request: message to be replied not found',
    ],
    [
      { chat_id: 'ME', text: 'x', reply_to_message_id: 99 },
      '400 Bad Request: message to be replied not found',
    ],
    [
      { chat_id: 'ME', text: 'x', reply_markup: '{' },
      "400 Bad Request: can't parse reply keyboard markup JSON object",
    ],
    [
      {
        chat_id: 'ME',
        text: 'x',
        reply_markup: { inline_keyboard: [[{ text: 'a', callback_data: 'é'.repeat(33) }]] },
      },
      '400 Bad Request: BUTTON_DATA_INVALID',
    ],
    [
      { chat_id: 'ME', text: 'x', reply_markup: { inline_keyboard: [[{ text: 'a' }]] } },
      "400 Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ],
    [
      { chat_id: 'ME', text: 'x', reply_markup: { inline_keyboard: [[{ callback_data: 'a' }]] } },
      '400 Bad Request: parameter "reply_markup.inline_keyboard[0][0].text" is required',
    ],
    [
      { chat_id: 'ME', text: 'x', reply_markup: { keyboard: 'a' } },
      '400 Bad Request: parameter "reply_markup.keyboard" must be array',
    ],
  ])('refuses %j', async (params, expected) => {
    const own = 'chat_id' in params && params.chat_id === 'ME' ? { ...params, chat_id: stage.chatId } : params
    const description = await stage.refusal('sendMessage', own)
    expect(description).toMatch(
      typeof expected === 'string' ? new RegExp(`^${RegExp.escape(expected)}$`) : expected,
    )
  })

  it('measures text after parsing, in UTF-16 units', async () => {
    const text = `<b>${'😀'.repeat(2048)}</b>`
    expect(
      (await stage.result('sendMessage', { chat_id: stage.chatId, text, parse_mode: 'html' })).text,
    ).toHaveLength(4096)
    expect(
      await stage.refusal('sendMessage', { chat_id: stage.chatId, text: `${'😀'.repeat(2048)}x` }),
    ).toContain('too long')
  })

  it('ignores parameters it does not know and reads ones of older versions', async () => {
    const first = await stage.result('sendMessage', {
      chat_id: stage.chatId,
      text: 'a',
      mystery: { deep: true },
    })
    const second = await stage.result('sendMessage', {
      chat_id: stage.chatId,
      text: 'b',
      reply_to_message_id: first.message_id,
    })
    expect(second.reply_to_message).toMatchObject({ message_id: first.message_id, text: 'a' })
  })

  it('shows reply keyboards as buttons that send their text', async () => {
    await stage.result('sendMessage', {
      chat_id: stage.chatId,
      text: 'pick',
      reply_markup: { keyboard: [['A', { text: 'B' }]] },
    })
    expect(stage.emulator.driver.transcript(stage.chatId).at(-1)?.buttons).toEqual([
      [
        { text: 'A', kind: 'text' },
        { text: 'B', kind: 'text' },
      ],
    ])
  })

  it('tells when the user blocked the bot and when the group moved', async () => {
    stage.emulator.control.blockBot(stage.chatId)
    expect(await stage.refusal('sendMessage', { chat_id: stage.chatId, text: 'x' })).toBe(
      '403 Forbidden: bot was blocked by the user',
    )
    stage.emulator.control.unblockBot(stage.chatId)
    await stage.result('sendMessage', { chat_id: stage.chatId, text: 'x' })
    const newId = stage.emulator.control.migrateGroup(stage.groupId)
    expect(await stage.call('sendMessage', { chat_id: stage.groupId, text: 'x' })).toEqual({
      ok: false,
      error_code: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: newId },
    })
    expect((await stage.result('sendMessage', { chat_id: newId, text: 'x' })).chat.type).toBe('supergroup')
  })
})

describe('drafts and actions', () => {
  it('show to subscribers and leave no message', async () => {
    const events: DriverEvent[] = []
    stage.emulator.driver.subscribe((event) => events.push(event))
    await stage.result('sendChatAction', { chat_id: stage.chatId, action: 'typing' })
    await stage.result('sendMessageDraft', {
      chat_id: stage.chatId,
      draft_id: 7,
      text: '*hal*f',
      parse_mode: 'MarkdownV2',
    })
    await stage.result('sendRichMessageDraft', {
      chat_id: stage.chatId,
      draft_id: 7,
      rich_message: { markdown: '# Title' },
    })
    expect(events).toMatchObject([
      { type: 'chat-action', chatId: stage.chatId, action: 'typing' },
      {
        type: 'draft-updated',
        draft: { chatId: stage.chatId, draftId: 7, text: 'half', entities: [{ type: 'bold' }] },
      },
      { type: 'draft-updated', draft: { text: 'Title' } },
    ])
    expect(stage.emulator.driver.transcript(stage.chatId)).toEqual([])
    expect(await stage.refusal('sendChatAction', { chat_id: stage.chatId, action: 'dancing' })).toBe(
      '400 Bad Request: wrong parameter action in request',
    )
    expect(
      await stage.refusal('sendMessageDraft', { chat_id: stage.chatId, draft_id: 0, text: 'x' }),
    ).toContain('draft identifier')
  })
})

describe('a draft', () => {
  it('stays for 30 s, or until the message it announced', async () => {
    const draft = { chat_id: stage.chatId, draft_id: 7, text: 'half' }
    await stage.result('sendMessageDraft', draft)
    expect(stage.emulator.driver.drafts(stage.chatId)).toMatchObject([{ draftId: 7, text: 'half' }])
    await stage.result('sendMessage', { chat_id: stage.chatId, text: 'whole' })
    expect(stage.emulator.driver.drafts(stage.chatId)).toEqual([])
    await stage.result('sendMessageDraft', draft)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 })
    expect(stage.emulator.driver.drafts(stage.chatId)).toEqual([])
  })
})

describe('rich messages', () => {
  it.each([
    [
      {
        markdown:
          '# Hi\n\nsome **bold** text\n\n- a\n- [x] b\n\n```js\nx\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |',
      },
      'Hi\nsome bold text\n• a\n• ☑ b\nx\na | b\n1 | 2',
    ],
    [
      { html: '<h1>Hi</h1><p>some <b>bold</b></p><ol><li>a</li><li>b</li></ol><blockquote>q</blockquote>' },
      'Hi\nsome bold\n1. a\n2. b\nq',
    ],
    [
      { blocks: [{ type: 'paragraph', text: ['a ', { type: 'italic', text: 'b' }] }, { type: 'divider' }] },
      'a b\n———',
    ],
  ])('of %j show their text', async (rich_message, text) => {
    await stage.result('sendRichMessage', { chat_id: stage.chatId, rich_message })
    expect(stage.emulator.driver.transcript(stage.chatId).at(-1)?.text).toBe(text)
  })

  it('carry media that their text refers to', async () => {
    const answer = await stage.upload(
      'sendRichMessage',
      {
        chat_id: String(stage.chatId),
        rich_message: JSON.stringify({
          markdown: 'Look:\n\n![A dot](tg://photo?id=dot)',
          media: [{ id: 'dot', media: { type: 'photo', media: 'attach://dot' } }],
        }),
      },
      { dot: png() },
    )
    expect(answer.result.rich_message.blocks).toMatchObject([
      { type: 'paragraph' },
      { type: 'photo', caption: { text: 'A dot' } },
    ])
  })

  it.each([
    [{}, 'exactly one of the fields'],
    [{ markdown: 'x', html: 'x' }, 'exactly one of the fields'],
    [{ markdown: ' ' }, 'message text is empty'],
    [{ html: '<p>x' }, 'can\'t parse entities: Can\'t find end tag corresponding to start tag "p"'],
    [{ html: '<script>x</script>' }, 'Unsupported start tag "script"'],
    [{ markdown: 'x'.repeat(32_769) }, 'message is too long'],
    [{ blocks: [{ type: 'nonsense' }] }, 'parameter "rich_message.blocks[0]'],
  ])('refuse %j', async (rich_message, expected) => {
    expect(await stage.refusal('sendRichMessage', { chat_id: stage.chatId, rich_message })).toContain(
      expected,
    )
  })
})
