import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBotApiEmulator } from '../create-bot-api-emulator.ts'
import type { DriverEvent } from '../drive-types.ts'
import type { BotApiEmulator } from '../emulator.ts'
import { TINY_PNG, botApiClient } from '../testing/bot-api-client.ts'
import { Validator } from '../validator.ts'

let emulator: BotApiEmulator
let call: ReturnType<typeof botApiClient>
let chatId: number
let groupId: number
const validator = new Validator()

beforeEach(async () => {
  emulator = await createBotApiEmulator()
  call = botApiClient(emulator)
  chatId = emulator.driver.createUser({ firstName: 'Ada', lastName: 'L', username: 'ada_l' }).id
  groupId = emulator.driver.createChat({ type: 'group', title: 'Team', memberIds: [chatId] }).id
})

afterEach(async () => {
  vi.useRealTimers()
  await emulator.close()
})

async function refusal(method: string, params: object): Promise<string> {
  const answer = await call(method, params)
  expect(answer).toMatchObject({ ok: false, error_code: expect.any(Number) })
  return `${answer.error_code} ${answer.description}`
}

/** The result of a call that must succeed and fit the method's result schema. */
async function result(method: string, params: object = {}) {
  const answer = await call(method, params)
  expect(answer).toMatchObject({ ok: true })
  expect(validator.resultProblem(method, answer.result)).toBeUndefined()
  return answer.result
}

async function upload(method: string, fields: Record<string, string>, files: Record<string, Blob>) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  for (const [name, blob] of Object.entries(files)) form.set(name, blob, `${name}.png`)
  const response = await fetch(`${emulator.url}/bot${emulator.token}/${method}`, {
    method: 'POST',
    body: form,
  })
  const answer = (await response.json()) as Awaited<ReturnType<typeof call>>
  expect(answer.ok ? validator.resultProblem(method, answer.result) : undefined).toBeUndefined()
  return answer
}

const png = (): Blob => new Blob([TINY_PNG], { type: 'image/png' })

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
    const own = 'chat_id' in params && params.chat_id === 'ME' ? { ...params, chat_id: chatId } : params
    const description = await refusal('sendMessage', own)
    expect(description).toMatch(
      typeof expected === 'string' ? new RegExp(`^${RegExp.escape(expected)}$`) : expected,
    )
  })

  it('measures text after parsing, in UTF-16 units', async () => {
    const text = `<b>${'😀'.repeat(2048)}</b>`
    expect((await result('sendMessage', { chat_id: chatId, text, parse_mode: 'html' })).text).toHaveLength(
      4096,
    )
    expect(await refusal('sendMessage', { chat_id: chatId, text: `${'😀'.repeat(2048)}x` })).toContain(
      'too long',
    )
  })

  it('ignores parameters it does not know and reads ones of older versions', async () => {
    const first = await result('sendMessage', { chat_id: chatId, text: 'a', mystery: { deep: true } })
    const second = await result('sendMessage', {
      chat_id: chatId,
      text: 'b',
      reply_to_message_id: first.message_id,
    })
    expect(second.reply_to_message).toMatchObject({ message_id: first.message_id, text: 'a' })
  })

  it('shows reply keyboards as buttons that send their text', async () => {
    await result('sendMessage', {
      chat_id: chatId,
      text: 'pick',
      reply_markup: { keyboard: [['A', { text: 'B' }]] },
    })
    expect(emulator.driver.transcript(chatId).at(-1)?.buttons).toEqual([
      [
        { text: 'A', kind: 'text' },
        { text: 'B', kind: 'text' },
      ],
    ])
  })

  it('tells when the user blocked the bot and when the group moved', async () => {
    emulator.control.blockBot(chatId)
    expect(await refusal('sendMessage', { chat_id: chatId, text: 'x' })).toBe(
      '403 Forbidden: bot was blocked by the user',
    )
    emulator.control.unblockBot(chatId)
    await result('sendMessage', { chat_id: chatId, text: 'x' })
    const newId = emulator.control.migrateGroup(groupId)
    expect(await call('sendMessage', { chat_id: groupId, text: 'x' })).toEqual({
      ok: false,
      error_code: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: newId },
    })
    expect((await result('sendMessage', { chat_id: newId, text: 'x' })).chat.type).toBe('supergroup')
  })
})

describe('drafts and actions', () => {
  it('show to subscribers and leave no message', async () => {
    const events: DriverEvent[] = []
    emulator.driver.subscribe((event) => events.push(event))
    await result('sendChatAction', { chat_id: chatId, action: 'typing' })
    await result('sendMessageDraft', {
      chat_id: chatId,
      draft_id: 7,
      text: '*hal*f',
      parse_mode: 'MarkdownV2',
    })
    await result('sendRichMessageDraft', {
      chat_id: chatId,
      draft_id: 7,
      rich_message: { markdown: '# Title' },
    })
    expect(events).toMatchObject([
      { type: 'chat-action', chatId, action: 'typing' },
      { type: 'draft-updated', draft: { chatId, draftId: 7, text: 'half', entities: [{ type: 'bold' }] } },
      { type: 'draft-updated', draft: { text: 'Title' } },
    ])
    expect(emulator.driver.transcript(chatId)).toEqual([])
    expect(await refusal('sendChatAction', { chat_id: chatId, action: 'dancing' })).toBe(
      '400 Bad Request: wrong parameter action in request',
    )
    expect(await refusal('sendMessageDraft', { chat_id: chatId, draft_id: 0, text: 'x' })).toContain(
      'draft identifier',
    )
  })
})

describe('a draft', () => {
  it('stays for 30 s, or until the message it announced', async () => {
    const draft = { chat_id: chatId, draft_id: 7, text: 'half' }
    await result('sendMessageDraft', draft)
    expect(emulator.control.drafts(chatId)).toMatchObject([{ draftId: 7, text: 'half' }])
    await result('sendMessage', { chat_id: chatId, text: 'whole' })
    expect(emulator.control.drafts(chatId)).toEqual([])
    await result('sendMessageDraft', draft)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 })
    expect(emulator.control.drafts(chatId)).toEqual([])
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
    await result('sendRichMessage', { chat_id: chatId, rich_message })
    expect(emulator.driver.transcript(chatId).at(-1)?.text).toBe(text)
  })

  it('carry media that their text refers to', async () => {
    const answer = await upload(
      'sendRichMessage',
      {
        chat_id: String(chatId),
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
    expect(await refusal('sendRichMessage', { chat_id: chatId, rich_message })).toContain(expected)
  })
})

describe('files', () => {
  it('go up by any of three ways and come down again', async () => {
    const direct = await upload(
      'sendPhoto',
      { chat_id: String(chatId), caption: '*c*', parse_mode: 'Markdown' },
      { photo: png() },
    )
    expect(direct.result.photo).toHaveLength(3)
    expect(direct.result.photo.at(-1)).toMatchObject({ width: 3, height: 2, file_size: TINY_PNG.length })
    expect(direct.result).toMatchObject({ caption: 'c', caption_entities: [{ type: 'bold' }] })

    const attached = await upload(
      'sendDocument',
      { chat_id: String(chatId), document: 'attach://thing' },
      { thing: png() },
    )
    expect(attached.result.document).toMatchObject({ file_name: 'thing.png', mime_type: 'image/png' })

    const fileId = direct.result.photo[0].file_id
    const again = await result('sendPhoto', { chat_id: chatId, photo: fileId })
    expect(again.photo[0].file_unique_id).toBe(direct.result.photo[0].file_unique_id)

    const file = await result('getFile', { file_id: fileId })
    const bytes = await fetch(`${emulator.url}/file/bot${emulator.token}/${file.file_path}`)
    expect(Buffer.from(await bytes.arrayBuffer()).equals(TINY_PNG)).toBe(true)
  })

  it('are refused where Telegram refuses them', async () => {
    const id = String(chatId)
    const text = new Blob(['not an image'])
    expect((await upload('sendPhoto', { chat_id: id }, { photo: text })).description).toBe(
      'Bad Request: IMAGE_PROCESS_FAILED',
    )
    expect((await upload('sendDocument', { chat_id: id }, { document: new Blob([]) })).description).toBe(
      'Bad Request: file must be non-empty',
    )
    expect(await refusal('sendPhoto', { chat_id: chatId })).toBe(
      '400 Bad Request: there is no photo in the request',
    )
    expect(await refusal('sendPhoto', { chat_id: chatId, photo: 'nonsense' })).toBe(
      '400 Bad Request: wrong file identifier/HTTP URL specified',
    )
    expect(await refusal('sendPhoto', { chat_id: chatId, photo: 'https://e.org/x.png' })).toBe(
      '400 Bad Request: failed to get HTTP URL content',
    )
    expect(await refusal('getFile', { file_id: 'nonsense' })).toBe('400 Bad Request: invalid file_id')
    const long = await upload('sendPhoto', { chat_id: id, caption: 'x'.repeat(1025) }, { photo: png() })
    expect(long.description).toBe('Bad Request: message caption is too long')
    const voice = await upload('sendVoice', { chat_id: id, duration: '3' }, { voice: text })
    expect(voice.result.voice.duration).toBe(3)
    expect(await refusal('sendPhoto', { chat_id: chatId, photo: voice.result.voice.file_id })).toBe(
      "400 Bad Request: can't use file of type VoiceNote as Photo",
    )
  })

  it('over 20 MB can be sent but not downloaded', async () => {
    const big = new Blob([Buffer.alloc(20 * 1024 * 1024 + 1)])
    const sent = await upload('sendDocument', { chat_id: String(chatId) }, { document: big })
    expect(await refusal('getFile', { file_id: sent.result.document.file_id })).toBe(
      '400 Bad Request: file is too big',
    )
  })

  it('over 50 MB in one request are refused', async () => {
    const half = new Blob([Buffer.alloc(26 * 1024 * 1024)])
    const media = JSON.stringify([
      { type: 'document', media: 'attach://a' },
      { type: 'document', media: 'attach://b' },
    ])
    const answer = await upload('sendMediaGroup', { chat_id: String(chatId), media }, { a: half, b: half })
    expect(answer).toEqual({ ok: false, error_code: 413, description: 'Request Entity Too Large' })
  })

  it('of every kind fit their message and show in the transcript', async () => {
    const id = String(chatId)
    for (const kind of ['audio', 'video', 'animation', 'video_note', 'sticker']) {
      const method = `send${kind.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())}`
      const sent = await upload(method, { chat_id: id }, { [kind]: png() })
      expect(sent.result[kind].file_size).toBe(TINY_PNG.length)
      expect(emulator.driver.transcript(chatId).at(-1)?.attachments[0]?.kind).toBe(kind)
    }
  })

  it('travel together as an album', async () => {
    const media = JSON.stringify([
      { type: 'photo', media: 'attach://a', caption: 'first' },
      { type: 'photo', media: 'attach://b' },
    ])
    const sent = await upload('sendMediaGroup', { chat_id: String(chatId), media }, { a: png(), b: png() })
    expect(sent.result).toHaveLength(2)
    expect(sent.result[0].media_group_id).toBe(sent.result[1].media_group_id)
  })
})

describe('other contents', () => {
  it.each([
    ['sendLocation', { latitude: 1.5, longitude: 2 }, { kind: 'location', latitude: 1.5 }],
    [
      'sendVenue',
      { latitude: 1, longitude: 2, title: 'T', address: 'A' },
      { kind: 'location', label: 'T, A' },
    ],
    ['sendContact', { phone_number: '+1', first_name: 'Bo' }, { kind: 'contact', label: 'Bo +1' }],
    ['sendPoll', { question: 'Q?', options: ['a', { text: 'b' }] }, { kind: 'poll', label: 'Q?\n• a\n• b' }],
  ])('of %s show in the transcript', async (method, params, attachment) => {
    await result(method, { chat_id: chatId, ...params })
    expect(emulator.driver.transcript(chatId).at(-1)?.attachments).toMatchObject([attachment])
  })

  it('of dice show their value, and a poll can be closed once', async () => {
    const dice = (await result('sendDice', { chat_id: chatId, emoji: '🎰' })).dice
    expect(dice.value).toBeGreaterThanOrEqual(1)
    expect(emulator.driver.transcript(chatId).at(-1)?.text).toBe(`🎰 ${dice.value}`)
    const poll = await result('sendPoll', { chat_id: chatId, question: 'Q?', options: [{ text: 'a' }] })
    const target = { chat_id: chatId, message_id: poll.message_id }
    expect((await result('stopPoll', target)).is_closed).toBe(true)
    expect(await refusal('stopPoll', target)).toBe('400 Bad Request: poll has already been closed')
  })
})

describe('editing', () => {
  it('changes text and keyboard, and refuses what changes nothing', async () => {
    const reply_markup = { inline_keyboard: [[{ text: 'a', callback_data: 'a' }]] }
    const { message_id } = await result('sendMessage', { chat_id: chatId, text: 'one', reply_markup })
    const target = { chat_id: chatId, message_id }
    expect(await refusal('editMessageText', { ...target, text: 'one', reply_markup })).toMatch(
      /^400 Bad Request: message is not modified: /,
    )
    const edited = await result('editMessageText', { ...target, text: 'two' })
    expect(edited).toMatchObject({ text: 'two', edit_date: expect.any(Number) })
    expect(edited).not.toHaveProperty('reply_markup')
    expect((await result('editMessageReplyMarkup', { ...target, reply_markup })).reply_markup).toEqual(
      reply_markup,
    )
    expect(emulator.driver.transcript(chatId)).toMatchObject([{ text: 'two', buttons: [[{ data: 'a' }]] }])
  })

  it('reaches only messages of the bot that have what is edited', async () => {
    const own = emulator.driver.sendMessage(chatId, { userId: chatId, text: 'mine' })
    const { message_id } = await result('sendMessage', { chat_id: chatId, text: 'x' })
    expect(await refusal('editMessageText', { chat_id: chatId, message_id: own.id, text: 'y' })).toBe(
      "400 Bad Request: message can't be edited",
    )
    expect(await refusal('editMessageText', { chat_id: chatId, message_id: 999, text: 'y' })).toBe(
      '400 Bad Request: message to edit not found',
    )
    expect(await refusal('editMessageText', { chat_id: chatId, text: 'y' })).toBe(
      '400 Bad Request: message identifier is not specified',
    )
    expect(await refusal('editMessageCaption', { chat_id: chatId, message_id, caption: 'y' })).toBe(
      '400 Bad Request: there is no caption in the message to edit',
    )
  })

  it('changes captions and media', async () => {
    const sent = await upload('sendPhoto', { chat_id: String(chatId), caption: 'a' }, { photo: png() })
    const target = { chat_id: chatId, message_id: sent.result.message_id }
    expect(await refusal('editMessageText', { ...target, text: 'x' })).toBe(
      '400 Bad Request: there is no text in the message to edit',
    )
    expect((await result('editMessageCaption', { ...target, caption: 'b' })).caption).toBe('b')
    const media = JSON.stringify({ type: 'document', media: 'attach://new' })
    const edited = await upload(
      'editMessageMedia',
      { chat_id: String(chatId), message_id: String(target.message_id), media },
      { new: png() },
    )
    expect(edited.result).toHaveProperty('document')
    expect(edited.result).not.toHaveProperty('photo')
  })
})

describe('deleting, copying and reacting', () => {
  it('deletes what is there', async () => {
    const { message_id } = await result('sendMessage', { chat_id: chatId, text: 'x' })
    await result('deleteMessage', { chat_id: chatId, message_id })
    expect(await refusal('deleteMessage', { chat_id: chatId, message_id })).toBe(
      '400 Bad Request: message to delete not found',
    )
    const two = await result('sendMessage', { chat_id: chatId, text: 'y' })
    await result('deleteMessages', { chat_id: chatId, message_ids: [two.message_id, 999] })
    expect(emulator.driver.transcript(chatId)).toEqual([])
  })

  it("deletes others' messages in groups only as an administrator", async () => {
    const message = emulator.driver.sendMessage(groupId, { userId: chatId, text: 'x' })
    const target = { chat_id: groupId, message_id: message.id }
    expect(await refusal('deleteMessage', target)).toBe("400 Bad Request: message can't be deleted")
    emulator.control.promoteBot(groupId)
    await result('deleteMessage', target)
    expect(emulator.driver.transcript(groupId)).toEqual([])
  })

  it('forwards with the origin and copies without it', async () => {
    const { id } = emulator.driver.sendMessage(chatId, { userId: chatId, text: 'x' })
    const params = { chat_id: groupId, from_chat_id: chatId }
    const forwarded = await result('forwardMessage', { ...params, message_id: id })
    expect(forwarded).toMatchObject({
      text: 'x',
      forward_origin: { type: 'user', sender_user: { id: chatId } },
    })
    await result('copyMessage', { ...params, message_id: id })
    expect(await result('copyMessages', { ...params, message_ids: [id, id + 50] })).toHaveLength(1)
    expect(await refusal('forwardMessages', { ...params, message_ids: [2, 1] })).toContain(
      'strictly increasing',
    )
    expect(await refusal('forwardMessage', { ...params, message_id: 99 })).toBe(
      '400 Bad Request: message to forward not found',
    )
    expect(emulator.driver.transcript(groupId).map(({ text }) => text)).toEqual(['x', 'x', 'x'])
  })

  it('reacts with one known emoji', async () => {
    const { id } = emulator.driver.sendMessage(chatId, { userId: chatId, text: 'x' })
    const target = { chat_id: chatId, message_id: id }
    await result('setMessageReaction', { ...target, reaction: [{ type: 'emoji', emoji: '👍' }] })
    expect(emulator.driver.transcript(chatId)[0]?.reactions).toEqual([
      { emoji: '👍', userId: emulator.bot.id },
    ])
    expect(
      await refusal('setMessageReaction', { ...target, reaction: [{ type: 'emoji', emoji: 'x' }] }),
    ).toContain('parameter "reaction[0]')
    await result('setMessageReaction', { ...target, reaction: [] })
    expect(emulator.driver.transcript(chatId)[0]?.reactions).toEqual([])
  })

  it('answers a callback query once', async () => {
    const reply_markup = { inline_keyboard: [[{ text: 'a', callback_data: 'a' }]] }
    const { message_id } = await result('sendMessage', { chat_id: chatId, text: 'x', reply_markup })
    const { queryId } = emulator.driver.pressButton(chatId, message_id, { userId: chatId, row: 0, column: 0 })
    await result('answerCallbackQuery', { callback_query_id: queryId })
    expect(await refusal('answerCallbackQuery', { callback_query_id: queryId })).toBe(
      '400 Bad Request: query is too old and response timeout expired or query ID is invalid',
    )
  })
})

describe('chats and profile', () => {
  it('tell about chats and members', async () => {
    expect(await result('getChat', { chat_id: chatId })).toMatchObject({
      type: 'private',
      first_name: 'Ada',
      username: 'ada_l',
    })
    expect(await result('getChatMemberCount', { chat_id: groupId })).toBe(2)
    expect((await result('getChatMember', { chat_id: groupId, user_id: chatId })).status).toBe('creator')
    expect((await result('getChatMember', { chat_id: groupId, user_id: emulator.bot.id })).status).toBe(
      'member',
    )
    expect(await result('getChatAdministrators', { chat_id: groupId })).toHaveLength(1)
    expect(await refusal('getChatAdministrators', { chat_id: chatId })).toContain(
      'there are no administrators',
    )
    expect(await refusal('getChatMember', { chat_id: groupId, user_id: 5 })).toBe(
      '400 Bad Request: user not found',
    )
  })

  it('pin and unpin, and leave', async () => {
    const { message_id } = await result('sendMessage', { chat_id: chatId, text: 'x' })
    await result('pinChatMessage', { chat_id: chatId, message_id })
    expect((await result('getChat', { chat_id: chatId })).pinned_message.message_id).toBe(message_id)
    await result('unpinChatMessage', { chat_id: chatId })
    expect(await refusal('unpinChatMessage', { chat_id: chatId })).toBe(
      '400 Bad Request: message to unpin not found',
    )
    expect(await refusal('pinChatMessage', { chat_id: groupId, message_id })).toContain('not enough rights')
    await result('leaveChat', { chat_id: groupId })
    expect(await refusal('sendMessage', { chat_id: groupId, text: 'x' })).toBe(
      '403 Forbidden: bot is not a member of the group chat',
    )
  })

  it('remember commands by scope and language, and texts by language', async () => {
    const commands = [{ command: 'start', description: 'Begin' }]
    await result('setMyCommands', { commands })
    await result('setMyCommands', { commands: [{ command: 'los', description: 'Los' }], language_code: 'de' })
    expect(await result('getMyCommands')).toEqual(commands)
    expect(await result('getMyCommands', { scope: { type: 'all_group_chats' } })).toEqual([])
    expect(emulator.driver.state().commands).toEqual(commands)
    await result('deleteMyCommands')
    expect(await result('getMyCommands')).toEqual([])
    expect(await refusal('setMyCommands', { commands: [{ command: 'Bad Name', description: 'x' }] })).toBe(
      '400 Bad Request: BOT_COMMAND_INVALID',
    )
    await result('setMyDescription', { description: 'Hi' })
    expect(await result('getMyDescription', { language_code: 'fr' })).toEqual({ description: 'Hi' })
  })
})
