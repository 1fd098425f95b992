import { describe, expect, it } from 'vitest'
import { readForeignWords } from './foreign-words.ts'
import { normaliseUpdate } from './normalise-update.ts'

const bot = { id: 7, username: 'pluggram_bot' }
const ada = { id: 1, is_bot: false, first_name: 'Ada' }
const eve = { id: 2, is_bot: false, first_name: 'Eve', username: 'eve' }
const news = { id: -100, type: 'channel', title: 'News' }

function read(message: object) {
  return normaliseUpdate(
    {
      update_id: 1,
      message: { message_id: 3, date: 1, chat: { id: 1, type: 'private' }, from: ada, ...message },
    },
    bot,
  )
}

describe('whose words a message has', () => {
  it.each([
    ['typed text', { text: '/roll' }],
    ['a caption of a photo', { photo: [{ file_id: 'p', width: 1, height: 1 }], caption: '/roll' }],
    ['own voice', { voice: { file_id: 'v', duration: 1 } }],
    [
      'an edited text with a preview and an effect',
      { text: 'x', edit_date: 2, effect_id: '1', link_preview_options: {} },
    ],
  ])('%s is the own of its author', (_name, message) => {
    const update = read(message)
    expect(update?.message.origin).toBeUndefined()
    expect(update?.message.carried).toBeUndefined()
  })

  it.each([
    [
      'a forwarded message of a person',
      { forward_origin: { type: 'user', date: 1, sender_user: eve } },
      'forwarded, from @eve',
    ],
    [
      'one of a person who hides',
      { forward_origin: { type: 'hidden_user', date: 1, sender_user_name: 'Eve\nSystem' } },
      'forwarded, from Eve System',
    ],
    [
      'one of a channel',
      { forward_origin: { type: 'channel', date: 1, chat: news, message_id: 1 } },
      'forwarded, from News',
    ],
    [
      'one of a chat',
      { forward_origin: { type: 'chat', date: 1, sender_chat: news } },
      'forwarded, from News',
    ],
    ['one from an older server', { forward_from: eve, forward_date: 1 }, 'forwarded'],
    ['one that a channel shares with its group', { is_automatic_forward: true }, 'forwarded'],
    ['a result of an inline bot', { via_bot: { ...eve, is_bot: true } }, 'sent through the inline bot @eve'],
    [
      'one that a business bot wrote',
      { sender_business_bot: { ...eve, is_bot: true } },
      'written by the business bot @eve',
    ],
    [
      'one that a guest bot wrote for a person',
      { guest_bot_caller_user: eve },
      'written by a guest bot for @eve',
    ],
    [
      'one that a guest bot wrote for a chat',
      { guest_bot_caller_chat: news },
      'written by a guest bot for News',
    ],
    ['one with a field that nobody knows yet', { something_new: { text: 'x' } }, 'not written here'],
  ])('%s is not', (_name, fields, origin) => {
    const update = read({ text: '/roll 2d6', ...fields })
    expect(update?.message).toMatchObject({ text: '/roll 2d6', origin })
    expect(update?.command).toBeUndefined()
    expect(read({ voice: { file_id: 'v', duration: 1 }, ...fields })?.message.origin).toBe(origin)
  })

  it.each([
    ['a quote', { text: 'x', quote: { text: 'DO it', position: 0 } }, 'a quote', 'DO it'],
    [
      'a message of another chat',
      {
        text: 'x',
        external_reply: {
          origin: { type: 'user', date: 1, sender_user: eve },
          poll: { question: 'DO it', id: '9' },
        },
      },
      'a message of another chat, which this one answers, from @eve',
      'DO it',
    ],
    [
      'a poll',
      { poll: { id: '1', question: 'DO it?', options: [{ text: 'now', voter_count: 0 }], type: 'regular' } },
      'a poll',
      'DO it?\nnow',
    ],
    [
      'a place',
      {
        location: { latitude: 1, longitude: 2 },
        venue: { location: { latitude: 1, longitude: 2 }, title: 'DO it', address: 'Street 1' },
      },
      'a place',
      'DO it\nStreet 1',
    ],
    [
      'a checklist',
      { checklist: { title: 'DO it', tasks: [{ id: 1, text: 'now' }] } },
      'a checklist',
      'DO it\nnow',
    ],
    ['a game', { game: { title: 'DO it', description: 'now', photo: [] } }, 'a game', 'DO it\nnow'],
    [
      'data of a web app',
      { web_app_data: { data: 'DO it', button_text: 'Send' } },
      'data of a web app',
      'DO it\nSend',
    ],
    [
      'people that were shared',
      { users_shared: { request_id: 1, users: [{ user_id: 5, first_name: 'DO it' }] } },
      'people that were shared',
      'DO it',
    ],
    ['a giveaway', { giveaway: { chats: [news], prize_description: 'DO it' } }, 'a giveaway', 'DO it'],
    [
      'a rich message',
      { rich_message: { blocks: [{ type: 'paragraph', text: ['DO it'] }] } },
      'a rich message',
      'DO it',
    ],
  ])('%s is told apart from the own words', (_name, message, from, text) => {
    const { carried } = read(message)?.message ?? {}
    expect(carried?.[0]?.from).toBe(from)
    expect(carried?.[0]?.text).toContain(text)
  })

  it('knows whether an answered message is of the same person', () => {
    const reply = (fields: object) =>
      read({ text: 'x', reply_to_message: { message_id: 2, text: 'hi', from: ada, ...fields } })?.message
        .replyTo
    expect(reply({})?.isOwn).toBe(true)
    expect(reply({ from: eve })?.isOwn).toBeUndefined()
    expect(reply({ forward_origin: { type: 'user', date: 1, sender_user: eve } })?.isOwn).toBeUndefined()
    expect(reply({ via_bot: eve })?.isOwn).toBeUndefined()
  })

  const link = (offset: number, length: number) => ({
    type: 'text_link',
    offset,
    length,
    url: 'https://a.example/x',
  })

  it.each([
    ['a quote', { quote: { text: '😀 this', entities: [link(3, 4)], position: 0 } }, '😀 this', link(3, 4)],
    [
      'a poll',
      {
        poll: {
          question: 'Which?',
          question_entities: [],
          options: [{ text: '😀 this', text_entities: [link(3, 4)] }],
        },
      },
      'Which?\n😀 this',
      link(10, 4),
    ],
    [
      'a rich message',
      {
        rich_message: {
          blocks: [
            { type: 'heading', text: 'News' },
            {
              type: 'paragraph',
              text: [
                'see ',
                { type: 'bold', text: { type: 'url', text: ['this', '!'], url: link(0, 1).url } },
              ],
            },
          ],
        },
      },
      'News\nsee this!',
      link(9, 5),
    ],
  ])(
    'the address behind linked words of %s is kept, here and in the answered message',
    (_name, fields, text, entity) => {
      const direct = read({ text: 'x', ...fields })?.message.carried?.[0]
      expect(direct).toMatchObject({ text, entities: expect.arrayContaining([entity]) })
      const answered = read({ text: 'x', reply_to_message: { message_id: 2, from: eve, ...fields } })?.message
      expect(answered?.replyTo?.carried).toEqual([direct])
    },
  )

  it('the formatting of the answered message is kept', () => {
    const entities = [
      link(0, 4),
      { type: 'text_mention', offset: 5, length: 3, user: ada },
      { type: 'custom_emoji', offset: 9, length: 2, custom_emoji_id: '77' },
      { type: 'date_time', offset: 12, length: 3, unix_time: 60, date_time_format: 'r' },
      { type: 'bold', offset: 12, length: 99 },
    ]
    const kept = [
      link(0, 4),
      { type: 'text_mention', offset: 5, length: 3, userId: 1 },
      { type: 'custom_emoji', offset: 9, length: 2, customEmojiId: '77' },
      { type: 'date_time', offset: 12, length: 3, unixTime: 60 },
    ]
    const text = 'this Ada 😀 now'
    const reply = { message_id: 2, from: eve, text, entities }
    expect(read({ text: 'x', reply_to_message: reply })?.message.replyTo?.entities).toEqual(kept)
    const photo = { message_id: 2, from: eve, caption: text, caption_entities: entities }
    expect(read({ text: 'x', reply_to_message: photo })?.message.replyTo?.entities).toEqual(kept)
  })
})

it.each([
  [
    'votes and the right answer of a quiz',
    {
      poll: {
        question: 'Tea?',
        options: [
          { text: 'yes', voter_count: 3 },
          { text: 'no', voter_count: 1 },
        ],
        total_voter_count: 4,
        type: 'quiz',
        correct_option_id: 0,
      },
    },
    'Tea?\nyes\nno\nIt is a quiz. Right: “yes”. 4 people have voted. Votes for each, in order: 3, 1.',
  ],
  [
    'one vote',
    {
      poll: {
        question: 'Tea?',
        options: [{ text: 'yes', voter_count: 1 }],
        total_voter_count: 1,
        type: 'regular',
      },
    },
    'Tea?\nyes\n1 person has voted. Votes for each, in order: 1.',
  ],
  [
    'what of a checklist is done',
    {
      checklist: {
        title: 'Buy',
        tasks: [
          { id: 1, text: 'milk' },
          {
            id: 2,
            text: 'bread',
            completion_date: 5,
            completed_by_user: { id: 1, is_bot: false, first_name: 'A' },
          },
        ],
      },
    },
    'Buy\nmilk\nbread\nDone: “bread”.',
  ],
])('%s is told', (_what, message, text) => {
  expect(readForeignWords(message).carried?.map((carried) => carried.text)).toEqual([text])
})
