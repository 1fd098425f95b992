import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCommonUpdate, normaliseUpdate } from './normalise-update.ts'

const bot = { id: 7, username: 'pluggram_bot' }
const ada = { id: 1, is_bot: false, first_name: 'Ada', language_code: 'de' }
const group = { id: -5, type: 'group', title: 'Friends' }
const inGroup = (message: object): unknown => ({
  update_id: 10,
  message: { message_id: 3, date: 1_700_000_000, chat: group, from: ada, ...message },
})
const inPrivate = (message: object): unknown => ({
  update_id: 10,
  message: {
    message_id: 3,
    date: 1_700_000_000,
    chat: { id: 1, type: 'private', first_name: 'Ada' },
    from: ada,
    ...message,
  },
})
const messageOf = (raw: unknown): NonNullable<ReturnType<typeof normaliseUpdate>>['message'] =>
  normaliseUpdate(raw, bot)!.message
const isAddressed = (message: object): boolean => messageOf(inGroup(message)).isAddressed

describe('normaliseUpdate', () => {
  it('puts a message in our terms', () => {
    expect(normaliseUpdate(inPrivate({ text: 'hi' }), bot)).toEqual({
      updateId: 10,
      kind: 'message',
      chat: { id: 1, type: 'private' },
      user: { id: 1, firstName: 'Ada', languageCode: 'de', isBot: false },
      message: {
        id: 3,
        text: 'hi',
        entities: [],
        attachments: [],
        date: new Date(1_700_000_000_000),
        isEdited: false,
        isAddressed: true,
      },
    })
  })

  it('marks edits', () => {
    const { message } = inPrivate({ text: 'hi' }) as { message: object }
    const update = normaliseUpdate({ update_id: 1, edited_message: message }, bot)
    expect(update).toMatchObject({ kind: 'edited_message', message: { isEdited: true } })
  })

  it('names the album of a part, but not of an edited one', () => {
    const photo = [{ file_id: 'a', width: 1, height: 1 }]
    const part = inPrivate({ photo, media_group_id: '42' }) as { message: object }
    expect(normaliseUpdate(part, bot)).toMatchObject({ album: '42' })
    expect(normaliseUpdate({ update_id: 1, channel_post: part.message }, bot)).toMatchObject({ album: '42' })
    expect(normaliseUpdate({ update_id: 1, edited_message: part.message }, bot)).not.toHaveProperty('album')
    for (const odd of [42, '', 'x'.repeat(65), null]) {
      expect(normaliseUpdate(inPrivate({ photo, media_group_id: odd }), bot)).not.toHaveProperty('album')
    }
  })

  it('takes a channel post as a message of the channel', () => {
    const chat = { id: -100, type: 'channel', title: 'News' }
    const update = normaliseUpdate(
      { update_id: 1, channel_post: { message_id: 1, date: 1, chat, text: '/roll' } },
      bot,
    )
    expect(update).toMatchObject({ kind: 'message', chat, user: { id: -100, firstName: 'News' } })
  })

  it('names anonymous admins after their chat', () => {
    const update = normaliseUpdate(inGroup({ text: 'x', sender_chat: group }), bot)
    expect(update!.user).toEqual({ id: -5, firstName: 'Friends', isBot: false })
  })

  it('knows the topic of a message, but no plain thread', () => {
    const topic = normaliseUpdate(inGroup({ text: 'x', message_thread_id: 9, is_topic_message: true }), bot)
    expect(topic!.chat.topicId).toBe(9)
    const chat = { id: -5, type: 'supergroup', title: 'Talk' }
    const comment = normaliseUpdate(inGroup({ text: 'x', message_thread_id: 9, chat }), bot)
    expect(comment!.chat).toMatchObject({ threadMessageId: comment!.message.id })
    expect(comment!.chat.topicId).toBeUndefined()
  })

  it.each([
    undefined,
    null,
    'text',
    [],
    { update_id: 'a' },
    { update_id: 1 },
    { update_id: 1, poll: {} },
    { update_id: 1, message: { message_id: 1 } },
    inGroup({}),
    inGroup({ new_chat_title: 'x' }),
    inGroup({ text: 'x', from: undefined }),
    { update_id: 1, callback_query: { id: 'q', from: ada, inline_message_id: 'i', data: 'd' } },
    {
      update_id: 1,
      callback_query: { id: 'q', from: ada, message: { message_id: 1, date: 1, chat: group } },
    },
  ])('ignores what nobody answers: %j', (raw) => {
    expect(normaliseUpdate(raw, bot)).toBeUndefined()
  })

  it('never throws, whatever comes', () => {
    const keys = ['message_id', 'chat', 'from', 'entities', 'photo', 'id', 'type', 'date', 'reply_to_message']
    const members = fc.object({ key: fc.constantFrom(...keys) })
    const texts = new Set<string | undefined>()
    fc.assert(
      fc.property(fc.anything(), members, (anything, odd) => {
        texts.add(normaliseUpdate(anything, bot)?.message.text)
        texts.add(
          normaliseUpdate({ update_id: 1, message: anything, callback_query: odd }, bot)?.message.text,
        )
        texts.add(normaliseUpdate(inGroup({ text: 'kept', ...odd }), bot)?.message.text)
      }),
      { numRuns: 300 },
    )
    expect(texts).toEqual(new Set([undefined, 'kept']))
  })

  it('reads the usual kind of update as its schema does', () => {
    const odd = fc.constantFrom<unknown>(null, -1, 1.5, 2 ** 60, '', 'x', '\ud800', true, [], [{}], {})
    const mostly = (usual: unknown): fc.Arbitrary<unknown> =>
      fc.oneof({ arbitrary: fc.constant(usual), weight: 9 }, { arbitrary: odd, weight: 1 })
    const record = (usual: Readonly<Record<string, unknown>>): fc.Arbitrary<object> =>
      fc.record(Object.fromEntries(Object.entries(usual).map(([key, value]) => [key, mostly(value)])), {
        requiredKeys: ['id', 'type', 'from', 'chat', 'text', 'message_id'].filter((key) => key in usual),
      })
    const user = record({ ...ada, last_name: 'Lovelace', username: 'ada' })
    const chat = record({ id: 1, type: 'private', title: 'T', username: 'u', first_name: 'Ada' })
    const message = record({ message_id: 3, date: 1_700_000_000, text: 'hi /x', entities: [] })
    const entities = [{ type: 'bold', offset: 0, length: 2 }]
    const schemaOnly = { poll: {} }
    let taken = 0
    fc.assert(
      fc.property(message, chat, user, fc.boolean(), mostly(10), (rest, own, from, isBold, id) => {
        const whole = { ...rest, chat: own, from, ...(isBold && { entities }) }
        const update = { update_id: id, message: whole }
        if (isCommonUpdate(update)) taken += 1
        expect(normaliseUpdate(update, bot)).toEqual(
          normaliseUpdate({ update_id: id, message: whole, ...schemaOnly }, bot),
        )
      }),
      { numRuns: 1_000 },
    )
    expect(taken).toBeGreaterThan(100)
  })
})

describe('text', () => {
  it('drops the bot’s own name from a leading command and moves the entities along', () => {
    const text = '/roll@Pluggram_Bot 2d6 bold'
    const entities = [
      { type: 'bot_command', offset: 0, length: 18 },
      { type: 'bold', offset: 23, length: 4 },
    ]
    const message = messageOf(inGroup({ text, entities }))
    expect(message.text).toBe('/roll 2d6 bold')
    expect(
      message.entities.map(({ type, offset, length }) => [type, message.text.slice(offset, offset + length)]),
    ).toEqual([
      ['bot_command', '/roll'],
      ['bold', 'bold'],
    ])
    expect(messageOf(inPrivate({ text: '/start@pluggram_bot' })).text).toBe('/start')
  })

  it('leaves a command for another bot as it is', () => {
    expect(messageOf(inGroup({ text: '/roll@other_bot 2d6' }))).toMatchObject({
      text: '/roll@other_bot 2d6',
      isAddressed: false,
    })
  })

  it('is the caption where there is no text', () => {
    const photo = [{ file_id: 'a', width: 1, height: 1 }]
    const caption_entities = [{ type: 'bold', offset: 0, length: 3 }]
    const message = messageOf(
      inPrivate({ photo, caption: 'see', caption_entities, entities: [{ type: 'x' }] }),
    )
    expect(message).toMatchObject({ text: 'see', entities: caption_entities })
  })

  it('keeps only entities that lie inside it', () => {
    const entities = [
      { type: 'bold', offset: 0, length: 2 },
      { type: 'bold', offset: 0, length: 3 },
      { type: 'bold', offset: -1, length: 1 },
      { type: 'italic', offset: 0.5, length: 1 },
      'nonsense',
    ]
    expect(messageOf(inPrivate({ text: 'hi', entities })).entities).toEqual([entities[0]])
  })

  it('has no lone surrogates', () => {
    expect(messageOf(inPrivate({ text: 'a\ud83d' })).text).toBe('a\ufffd')
  })
})

describe('command', () => {
  const character = fc.constantFrom(...'azAZ09_')
  const space = fc.constantFrom(' ', '\n', '  ', '\t')
  const parts = fc.record({
    before: fc.constantFrom('', '', '', ' ', 'x'),
    name: fc.array(character, { minLength: 1, maxLength: 40 }).map((letters) => letters.join('')),
    bot: fc.constantFrom('', '', '@pluggram_bot', '@PLUGGRAM_Bot', '@other_bot', '@', '@pluggram_bot2'),
    behind: fc.constantFrom('', '', '-', 'ä', '/x'),
    args: fc.option(fc.tuple(space, fc.string({ maxLength: 12 })).map(([gap, words]) => gap + words)),
  })

  it('is read once, by one grammar, and carried by the update', () => {
    let read = 0
    fc.assert(
      fc.property(
        parts,
        fc.constantFrom('text', 'caption'),
        ({ before, name, bot: to, behind, args }, member) => {
          const text = `${before}/${name}${to}${behind}${args ?? ''}`.toWellFormed()
          const isOurs = before === '' && behind === '' && name.length <= 32
          const isForUs = to === '' || to.toLowerCase() === '@pluggram_bot'
          const photo = [{ file_id: 'a', width: 1, height: 1 }]
          const raw = inGroup(member === 'text' ? { text } : { photo, caption: text })
          const update = normaliseUpdate(raw, bot)
          const rest = (args ?? '').toWellFormed()
          const isCommand = isOurs && isForUs
          if (isCommand) read += 1
          expect([update?.command, update?.message.text, update?.message.isAddressed]).toEqual(
            isCommand
              ? [{ name: name.toLowerCase(), args: rest.trim() }, `/${name}${rest}`, true]
              : [undefined, text, false],
          )
        },
      ),
      { numRuns: 2_000 },
    )
    expect(read).toBeGreaterThan(50)
  })

  it('belongs to new messages only', () => {
    const { message } = inPrivate({ text: '/roll 2d6' }) as { message: object }
    const edited = normaliseUpdate({ update_id: 1, edited_message: message }, bot)
    const query = { id: '1', from: ada, message, data: 'again' }
    expect(edited).not.toHaveProperty('command')
    expect(normaliseUpdate({ update_id: 2, callback_query: query }, bot)).not.toHaveProperty('command')
  })
})

describe('isAddressed in groups', () => {
  it('holds for a command, with or without the bot’s name', () => {
    expect(isAddressed({ text: '/roll' })).toBe(true)
    expect(isAddressed({ text: '/roll@pluggram_bot' })).toBe(true)
    expect(isAddressed({ text: '/roll@pluggram_bot2' })).toBe(false)
    expect(isAddressed({ text: 'go /roll' })).toBe(false)
  })

  it('holds for a mention that is an entity', () => {
    const text = 'hi @Pluggram_bot'
    expect(isAddressed({ text, entities: [{ type: 'mention', offset: 3, length: 13 }] })).toBe(true)
    expect(isAddressed({ text, entities: [{ type: 'code', offset: 3, length: 13 }] })).toBe(false)
    expect(
      isAddressed({
        text: 'hi bot',
        entities: [{ type: 'text_mention', offset: 3, length: 3, user: { id: 7 } }],
      }),
    ).toBe(true)
  })

  it('holds for a reply to the bot, but not for a topic’s first message', () => {
    const reply_to_message = { message_id: 2, from: { ...ada, id: 7, is_bot: true }, text: 'asked' }
    expect(messageOf(inGroup({ text: 'yes', reply_to_message }))).toMatchObject({
      isAddressed: true,
      replyTo: { id: 2, text: 'asked', fromBot: true },
    })
    const topicStart = { ...reply_to_message, forum_topic_created: { name: 'T' } }
    const inTopic = messageOf(
      inGroup({ text: 'yes', message_thread_id: 2, is_topic_message: true, reply_to_message: topicStart }),
    )
    expect(inTopic.isAddressed).toBe(false)
    expect(inTopic.replyTo).toBeUndefined()
  })

  it('does not hold for small talk', () => {
    expect(isAddressed({ text: 'hi', reply_to_message: { message_id: 2, from: ada, text: 'x' } })).toBe(false)
  })
})

describe('attachments', () => {
  it.each([
    [
      {
        photo: [
          { file_id: 's', width: 90, height: 90 },
          { file_id: 'l', width: 800, height: 600, file_size: 9 },
          { file_id: 'm', width: 320, height: 240 },
        ],
      },
      {
        kind: 'photo',
        fileId: 'l',
        size: 9,
        width: 800,
        height: 600,
        previews: [
          { fileId: 'm', width: 320, height: 240 },
          { fileId: 's', width: 90, height: 90 },
        ],
      },
    ],
    [
      { document: { file_id: 'd', file_name: 'a.txt', mime_type: 'text/plain' } },
      { kind: 'document', fileId: 'd', fileName: 'a.txt', mimeType: 'text/plain' },
    ],
    [{ voice: { file_id: 'v', duration: 3 } }, { kind: 'voice', fileId: 'v', duration: 3 }],
    [
      { audio: { file_id: 'a', duration: 3, title: 'Song' } },
      { kind: 'audio', fileId: 'a', duration: 3, title: 'Song' },
    ],
    [
      { video: { file_id: 'v', width: 4, height: 3, duration: 2 } },
      { kind: 'video', fileId: 'v', width: 4, height: 3, duration: 2 },
    ],
    [
      { video_note: { file_id: 'n', length: 240, duration: 2 } },
      { kind: 'video', fileId: 'n', width: 240, height: 240, duration: 2 },
    ],
    [{ sticker: { file_id: 's', emoji: '🎲' } }, { kind: 'sticker', fileId: 's', emoji: '🎲' }],
    [{ location: { latitude: 1.5, longitude: 2 } }, { kind: 'location', latitude: 1.5, longitude: 2 }],
    [
      { contact: { phone_number: '+1', first_name: 'A', last_name: 'B' } },
      { kind: 'contact', phoneNumber: '+1', name: 'A B' },
    ],
  ])('reads %j', (members, attachment) => {
    expect(messageOf(inPrivate(members)).attachments).toEqual([attachment])
  })

  it('are kept of a message that is replied to', () => {
    const reply_to_message = { message_id: 2, from: ada, document: { file_id: 'd', file_name: 'a.txt' } }
    expect(messageOf(inPrivate({ text: 'What does it say?', reply_to_message })).replyTo).toMatchObject({
      attachments: [{ kind: 'document', fileId: 'd', fileName: 'a.txt' }],
    })
  })

  it('loses a malformed one without losing the text', () => {
    expect(messageOf(inPrivate({ text: 'kept', document: { file_id: 5 }, photo: 'x' }))).toMatchObject({
      text: 'kept',
      attachments: [],
    })
  })
})

describe('a pressed button', () => {
  const press = (message: object): ReturnType<typeof normaliseUpdate> =>
    normaliseUpdate({ update_id: 4, callback_query: { id: 'q', from: ada, data: 'd:1', message } }, bot)

  it('comes with the message that carries it', () => {
    const message = {
      message_id: 8,
      date: 5,
      chat: group,
      from: { id: 7, is_bot: true, first_name: 'B' },
      text: 'choose',
    }
    expect(press(message)).toMatchObject({
      kind: 'callback_query',
      chat: { id: -5, title: 'Friends' },
      user: { id: 1 },
      message: { id: 8, text: 'choose', isAddressed: true },
      callback: { id: 'q', data: 'd:1' },
    })
  })

  it('works when the message is too old to be seen', () => {
    expect(press({ message_id: 8, date: 0, chat: group })).toMatchObject({ message: { id: 8, text: '' } })
  })
})
