import { exampleMessageFields, updateKinds } from '@pluggram/bot-api-emulator'
import { describe, expect, it } from 'vitest'
import { MESSAGE_FIELDS } from './message-fields.ts'
import { normaliseUpdate } from './normalise-update.ts'
import { ALLOWED_UPDATES, UPDATE_KINDS } from './update-kinds.ts'

const bot = { id: 7, username: 'pluggram_bot' }
const EXAMPLES = {
  ...exampleMessageFields(),
  // as Telegram sends it, although its schema lets the photo be absent
  live_photo: { file_id: 'l', photo: [{ file_id: 's', width: 1, height: 1 }] },
}

function read(fields: object) {
  const chat = { id: 1, type: 'private' }
  const from = { id: 1, is_bot: false, first_name: 'Ada' }
  return normaliseUpdate({ update_id: 1, message: { message_id: 3, date: 1, chat, from, ...fields } }, bot)
}

describe('every field of a message', () => {
  it('has a row, and every row is a field of the Bot API', () => {
    expect(Object.keys(MESSAGE_FIELDS).toSorted()).toEqual(Object.keys(EXAMPLES).toSorted())
  })

  it.each(Object.entries(MESSAGE_FIELDS))('%s becomes what its row says', (field, { kind }) => {
    const update = read(
      field in { chat: 1, from: 1, message_id: 1, date: 1 } ? {} : { [field]: Reflect.get(EXAMPLES, field) },
    )
    const { text = '', attachments = [], carried = [] } = update?.message ?? {}
    const hasContent = text !== '' || attachments.length > 0 || carried.length > 0
    expect(hasContent).toBe(kind === 'content')
    // nobody may read an empty line in place of what was sent
    for (const words of carried) expect(words.text.trim()).not.toBe('')
  })

  it.each([
    [
      { story: { chat: { id: 2, type: 'private', first_name: 'Eve' }, id: 1 } },
      'a story, from Eve',
      'Its pictures',
    ],
    [
      { paid_media: { star_count: 5, paid_media: [{ type: 'photo' }] } },
      'paid media',
      'The price is 5 Telegram Stars',
    ],
    [{ gift: { gift: { id: 'g', star_count: 15 }, text: 'For you' } }, 'a gift', 'For you\nIt is worth 15'],
    [
      { giveaway: { winner_count: 3, winners_selection_date: 60 } },
      'a giveaway',
      'It has 3 winners. The winners are drawn on 1970',
    ],
    [
      { invoice: { title: 'Tea', currency: 'EUR', total_amount: 250 } },
      'an invoice',
      'Tea\nThe amount is 250 EUR',
    ],
    [
      { users_shared: { request_id: 1, users: [{ user_id: 55 }] } },
      'people that were shared',
      'numbers for them: 55',
    ],
    [
      { poll: { question: 'Tea?', options: [{ text: 'yes' }], type: 'quiz' } },
      'a poll',
      'Tea?\nyes\nIt is a quiz.',
    ],
    [
      { passport_data: { data: ['AAAA'], credentials: { hash: 'BBBB' } } },
      'data of Telegram Passport',
      'They are encrypted',
    ],
    [{ hologram: { words: 'hi' } }, "something new of Telegram's, “hologram”", 'hi'],
  ])('%j is told in plain words', (fields, from, words) => {
    const [carried] = read(fields)?.message.carried ?? []
    expect(carried?.from).toBe(from)
    expect(carried?.text).toContain(words)
    expect(carried?.text).not.toMatch(/AAAA|BBBB|undefined|\[object/)
  })

  it('a thrown dice, an animation and a live photo are attachments', () => {
    expect(read({ dice: { emoji: '🎯', value: 6 } })?.message.attachments).toEqual([
      { kind: 'dice', emoji: '🎯', value: 6 },
    ])
    const picture = { file_id: 's', file_unique_id: 's', width: 32, height: 32 }
    const film = {
      file_id: 'a',
      width: 2,
      height: 3,
      duration: 4,
      mime_type: 'video/mp4',
      thumbnail: picture,
    }
    // Telegram gives it as a document as well
    expect(read({ animation: film, document: film })?.message.attachments).toEqual([
      {
        kind: 'video',
        fileId: 'a',
        mimeType: 'video/mp4',
        previews: [{ fileId: 's', width: 32, height: 32 }],
        width: 2,
        height: 3,
        duration: 4,
      },
    ])
    expect(read({ live_photo: { file_id: 'l', photo: [picture] } })?.message.attachments).toEqual([
      { kind: 'photo', fileId: 's', width: 32, height: 32 },
    ])
  })

  it('files of an answered message of another chat come along', () => {
    const photo = [
      { file_id: 's', width: 90, height: 60 },
      { file_id: 'm', width: 320, height: 200 },
    ]
    const update = read({ text: 'What is it?', external_reply: { origin: { type: 'hidden_user' }, photo } })
    expect(update?.message.carried).toMatchObject([
      {
        text: 'It has no words.',
        attachments: [{ kind: 'photo', fileId: 'm', previews: [{ fileId: 's' }] }],
      },
    ])
  })

  it('members of old in a service message are no content', () => {
    const ann = { id: 5, is_bot: false, first_name: 'Ann' }
    expect(read({ new_chat_members: [ann], new_chat_member: ann, new_chat_participant: ann })).toBeUndefined()
  })
})

describe('every kind of update', () => {
  it('has a row, and those that are read are asked for', () => {
    expect(Object.keys(UPDATE_KINDS).toSorted()).toEqual(updateKinds().toSorted())
    expect(ALLOWED_UPDATES).toEqual([
      'message',
      'edited_message',
      'channel_post',
      'edited_channel_post',
      'callback_query',
      'my_chat_member',
      'stopped_message_generation',
    ])
  })

  it('an edited post of a channel is an edited message of that channel', () => {
    const chat = { id: -100, type: 'channel', title: 'News' }
    const post = { message_id: 1, date: 1, edit_date: 2, chat, text: 'x' }
    expect(normaliseUpdate({ update_id: 1, edited_channel_post: post }, bot)).toMatchObject({
      kind: 'edited_message',
      user: { id: -100 },
      message: { text: 'x', isEdited: true },
    })
  })
})
