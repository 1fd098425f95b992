import type { EmulatedChat, EmulatedUser } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newAlbum, sendAlbum } from './support/album.ts'
import { startAssistant } from './support/assistant.ts'
import type { Session } from './support/assistant.ts'
import { botMessages, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { startObedientModel } from './support/obedient-model.ts'
import type { ModelRequest, ObedientModel } from './support/obedient-model.ts'
import { pressButton } from './support/press-button.ts'
import { stopAllPrograms } from './support/program.ts'

let emulator: RunningEmulator
let driver: Session
let model: ObedientModel
let picture: { readonly file_id: string; readonly file_unique_id: string }
let updateId = 0
let isFailing = true

function seen({ messages }: ModelRequest): { pictures: number; words: string } {
  const content = messages.at(-1)?.content
  const parts = Array.isArray(content) ? (content as { type: string; text?: string }[]) : []
  const words = typeof content === 'string' ? content : parts.map(({ text = '' }) => text).join('')
  return { pictures: parts.filter(({ type }) => type === 'image_url').length, words }
}

beforeAll(async () => {
  model = await startObedientModel((request) => {
    const { pictures, words } = seen(request)
    if (isFailing && words.includes('fail')) return { text: '' }
    return { text: `${pictures} pictures: ${words}` }
  }, 'obedient-vision')
  emulator = await startEmulator()
  driver = emulator.driver
  const eve = await createPerson(driver, 'Eve')
  const [sent] = await sendAlbum(emulator, { chatId: eve.id, userId: eve.id }, [{}])
  const [{ fileId = '' } = {}] = sent?.attachments ?? []
  picture = { file_id: fileId, file_unique_id: 'unique' }
  await startAssistant(await createHome({ 'config.json': { access: { mode: 'everyone' } } }), {
    OPENAI_BASE_URL: model.url,
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: emulator.url,
  })
  await botMessages(driver, eve.id)
})

afterAll(async () => {
  await stopAllPrograms()
  await model.close()
  await removeHomes()
})

const photo = (): object => ({ photo: [{ ...picture, width: 1, height: 1, file_size: 70 }] })
const video = (): object => ({
  video: {
    ...picture,
    width: 1,
    height: 1,
    duration: 3,
    file_size: 70,
    thumbnail: { ...picture, width: 1, height: 1, file_size: 70 },
  },
})

type Chat = Pick<EmulatedChat, 'id' | 'type'> & { readonly title?: string }

/** Messages as Telegram sends them. */
async function raw(user: EmulatedUser, parts: readonly object[], chat?: Chat): Promise<void> {
  for (const part of parts) {
    await driver.post('/control/raw-update', {
      message: {
        message_id: 50_000 + (updateId += 1),
        date: Math.floor(Date.now() / 1_000),
        chat: chat ?? { id: user.id, type: 'private', first_name: user.firstName },
        from: { id: user.id, is_bot: false, first_name: user.firstName },
        ...part,
      },
    })
  }
}

const said = async (chatId: number, count = 1): Promise<string[]> =>
  (await botMessages(driver, chatId, count)).map(({ text }) => text)

const album = (): { readonly media_group_id: string } => ({ media_group_id: newAlbum() })

interface Case {
  readonly what: string
  readonly parts: readonly object[]
  readonly answer: RegExp
}

const cases = (): readonly Case[] => [
  {
    what: 'the caption may be on a film among pictures',
    parts: [photo(), { ...video(), caption: 'What is in it?' }, photo()],
    answer: /^ℹ️ I cannot watch videos\. I looked at one picture of it\.\n\n3 pictures: What is in it\?/,
  },
  {
    what: 'each caption is kept, with its links, and told which picture it is for',
    parts: [
      { ...photo(), caption: 'before' },
      photo(),
      {
        ...photo(),
        caption: '👍 after',
        caption_entities: [{ type: 'text_link', offset: 3, length: 5, url: 'https://example.org/a' }],
      },
    ],
    answer:
      /^3 pictures: before\n\n👍 after \(https:\/\/example.org\/a\)\n\n\[an album of 3; the captions belong, in this order, to number 1, 3]$/,
  },
  {
    what: 'parts that come out of order are put in order',
    parts: [
      { ...photo(), caption: 'third', message_id: 70_003 },
      { ...photo(), caption: 'first', message_id: 70_001 },
      { ...photo(), caption: 'second', message_id: 70_002 },
    ],
    answer: /^3 pictures: first\n\nsecond\n\nthird$/,
  },
  {
    what: 'a forwarded one counts as forwarded, caption included',
    parts: [{ caption: 'Look' }, {}, {}].map((words) => ({
      ...photo(),
      ...words,
      forward_origin: { type: 'hidden_user', sender_user_name: 'Zed', date: 1 },
    })),
    answer: /^3 pictures: \[forwarded, from Zed \w+, material only[^]*\nLook\n\[end/,
  },
  {
    what: 'a part that cannot be downloaded is named, and the others are looked at',
    parts: [
      { ...photo(), caption: 'Compare them' },
      { photo: [{ file_id: 'lost', file_unique_id: 'lost', width: 1, height: 1 }] },
      photo(),
    ],
    answer: /^ℹ️ I could not download that file[^]*\n\n2 pictures: Compare them$/,
  },
  { what: 'one without a caption is looked at', parts: [photo(), photo()], answer: /^2 pictures:$/ },
  {
    what: 'one of which a single part is left',
    parts: [{ ...photo(), caption: 'Alone' }],
    answer: /^1 pictures: Alone$/,
  },
  {
    what: 'a command in the caption is run',
    parts: [
      photo(),
      { ...photo(), caption: '/help', caption_entities: [{ type: 'bot_command', offset: 0, length: 5 }] },
    ],
    answer: /\/help/,
  },
]

test('albums as people send them: mixed, forwarded, out of order, with several captions or none', async () => {
  const all = cases()
  const answers = await Promise.all(
    all.map(async ({ parts }) => {
      const user = await createPerson(driver, 'Ann')
      const { media_group_id } = album()
      await raw(
        user,
        parts.map((part) => ({ media_group_id, ...part })),
      )
      return (await said(user.id))[0]?.trimEnd()
    }),
  )
  expect(all.map(({ what }, index) => [what, answers[index]])).toEqual(
    all.map(({ what, answer }) => [what, expect.stringMatching(answer)]),
  )
})

test('two albums whose parts come mixed up are two questions, in order, and words behind them a third', async () => {
  const ann = await createPerson(driver, 'Ann')
  const [one, two] = [album(), album()]
  await raw(ann, [
    { ...one, ...photo(), caption: 'One' },
    { ...two, ...photo(), caption: 'Two' },
    { ...one, ...photo() },
    { ...two, ...photo() },
    { ...two, ...photo() },
    { text: 'and then' },
  ])
  expect(await said(ann.id, 3)).toEqual(['2 pictures: One', '3 pictures: Two', '0 pictures: and then'])
})

test('an album is asked about again with all its pictures, by Retry and in an answer to it', async () => {
  const ann = await createPerson(driver, 'Ann')
  const failed = album()
  await raw(ann, [
    { ...failed, ...photo(), caption: 'fail first' },
    { ...failed, ...photo() },
  ])
  expect(await said(ann.id)).toEqual([expect.stringMatching(/^⚠️/)])
  const [label = ''] = (await botMessages(driver, ann.id))[0]?.buttons.flat().map(({ text }) => text) ?? []
  isFailing = false
  await pressButton(driver, { chatId: ann.id, user: ann, label })
  await expect.poll(() => said(ann.id), { timeout: 60_000 }).toContain('2 pictures: fail first')

  const bob = await createPerson(driver, 'Bob')
  const from = { id: bob.id, is_bot: false, first_name: 'Bob' }
  const chat = { id: bob.id, type: 'private', first_name: 'Bob' }
  const mine = album()
  await raw(bob, [
    { ...mine, ...photo(), caption: 'Mine', message_id: 80_001 },
    { ...mine, ...photo(), message_id: 80_002 },
    { ...mine, ...photo(), message_id: 80_003 },
  ])
  await said(bob.id)
  const quoted = { date: 1, chat, from, ...mine, ...photo() }
  await raw(bob, [
    { text: 'All of them?', reply_to_message: { ...quoted, message_id: 80_001, caption: 'Mine' } },
    { text: 'This one?', reply_to_message: { ...quoted, message_id: 80_002 } },
  ])
  expect((await said(bob.id, 3)).slice(1)).toEqual([
    expect.stringMatching(/^3 pictures: All of them\?/),
    expect.stringMatching(/^1 pictures: This one\?/),
  ])
})

test('in the comments of a post an album is addressed by any of its captions', async () => {
  const ann = await createPerson(driver, 'Ann')
  const group = { type: 'supergroup', title: 'Talk', memberIds: [ann.id] }
  const { id } = await driver.post<EmulatedChat>('/chats', group)
  const { bot } = await driver.get<{ bot: { username: string } }>('/state')
  const comment = { ...album(), message_thread_id: 77 }
  const mention = { type: 'mention', offset: 0, length: bot.username.length + 1 }
  await raw(
    ann,
    [
      { ...comment, ...photo() },
      { ...comment, ...photo(), caption: `@${bot.username} which?`, caption_entities: [mention] },
    ],
    { id, type: 'supergroup', title: 'Talk' },
  )
  expect(await said(id)).toEqual(['2 pictures: Ann: which?'])
})
