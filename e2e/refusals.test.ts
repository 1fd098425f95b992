import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { EmulatedChat, EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { REFUSALS } from '@pluggram/telegram'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant, Session } from './support/assistant.ts'
import { botMessages, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

const PLUGIN = `
const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
export default class {
  static manifest = { permissions: { network: ['127.0.0.1'] } }
  async processMessage(text, { message, chat, reply }) {
    const [, form, word, address] = /^form (\\S+) (\\S+) ?(\\S*)/.exec(text) ?? []
    if (!form) return undefined
    const words = '**' + word + '** see [the docs](https://example.org/deep)'
    const shared = { text: words, format: 'markdown', replyToMessageId: message.id }
    const media = (kind, source) => ({ ...shared, media: { kind, source } })
    const forms = {
      text: { ...shared, buttons: [[{ text: 'Open', url: 'https://example.org/open' }, { text: 'OK', data: 'ok' }]] },
      photo: media('photo', address ? { url: address } : new Uint8Array(picture)),
      voice: media('voice', new Uint8Array([79, 103, 103, 83])),
      place: { ...shared, location: { latitude: 52.5, longitude: 13.4 } },
      mood: { ...shared, reaction: '🤷' },
      thumb: { reaction: '👌' },
    }
    if (form !== 'edit') return { success: true, response: forms[form] }
    const [{ id }] = await reply('first ' + word)
    return { success: true, response: { ...shared, text: words, editMessageId: id } }
  }
}`

const METHODS = {
  text: 'sendMessage',
  photo: 'sendPhoto',
  voice: 'sendVoice',
  place: 'sendLocation',
  edit: 'editMessageText',
} as const
type Form = keyof typeof METHODS

/** The form of message that each row is tried with; a text where nothing is said. */
const FORMS: Partial<Record<keyof typeof REFUSALS, Form>> = {
  unchanged: 'edit',
  'edit of a caption': 'edit',
  edit: 'edit',
  'long caption': 'photo',
  'voice messages off': 'voice',
  'kind of file': 'photo',
  'not fetched': 'photo',
  picture: 'photo',
  'large file': 'photo',
  'empty file': 'photo',
  place: 'place',
}

let driver: Session
let assistant: RunningAssistant
let files: Server
let address: string
let ada: EmulatedUser

beforeAll(async () => {
  const picture = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex')
  files = createServer((request, response) => {
    const isPicture = request.url === '/cat.png'
    response.writeHead(200, { 'content-type': isPicture ? 'image/png' : 'text/html' })
    response.end(isPicture ? picture : '<p>no picture</p>')
  }).listen(0, '127.0.0.1')
  await once(files, 'listening')
  const bound = files.address()
  if (typeof bound !== 'object' || bound === null) throw new Error('no port')
  address = `http://127.0.0.1:${bound.port}`
  const emulator = await startEmulator()
  driver = emulator.driver
  const home = await createHome({
    'plugins/forms.js': PLUGIN,
    'plugins_config.json': {
      enabled_plugins: { forms: true },
      grants: { forms: { network: ['127.0.0.1'] } },
    },
  })
  assistant = await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: emulator.url })
  ada = await createPerson(driver)
})

afterAll(async () => {
  await stopAllPrograms()
  files.close()
  await removeHomes()
})

let groups = 0

/** A group of its own for each case, so that nothing of another one is in the way. */
async function newGroup(): Promise<EmulatedChat> {
  groups += 1
  return driver.post('/chats', { type: 'supergroup', title: `Group ${groups}`, memberIds: [ada.id] })
}

async function refuse(method: string, chatId: number, description: string, status = 400): Promise<void> {
  const prefix = status === 403 ? 'Forbidden' : 'Bad Request'
  await driver.post('/faults', {
    kind: 'refused',
    method,
    chatId,
    status,
    description: status === 413 ? description : `${prefix}: ${description}`,
  })
}

async function ask(chatId: number, text: string, content: object = {}): Promise<void> {
  await driver.post(`/chats/${chatId}/content`, { userId: ada.id, content: { text, ...content } })
}

/** What else each form says: the address of its button, or its place. */
const PARTS: Readonly<Record<Form, readonly string[]>> = {
  text: ['https://example.org/open'],
  photo: [],
  voice: [],
  place: ['52.5, 13.4'],
  edit: [],
}

/** All that people can read or press. */
function everything(messages: readonly TranscriptMessage[]): string {
  const links = messages.flatMap(({ entities }) =>
    entities.map((entity) => ('url' in entity ? entity.url : '')),
  )
  const buttons = messages.flatMap((message) => message.buttons.flat().map(({ url = '' }) => url))
  return [textOf(messages), ...links, ...buttons].join(' ')
}

const textOf = (messages: readonly TranscriptMessage[]): string => messages.map(({ text }) => text).join('\n')

/** What the bot has said in a chat once it has all of `parts`, in words, links or buttons. */
async function untilSaid(chatId: number, ...parts: readonly string[]): Promise<TranscriptMessage[]> {
  const said = async (): Promise<string> => everything(await botMessages(driver, chatId, 0))
  await expect
    .poll(said, { timeout: 60_000 })
    .toSatisfy((text: string) => parts.every((part) => text.includes(part)))
  return botMessages(driver, chatId, 0)
}

const ROWS = Object.entries(REFUSALS) as [keyof typeof REFUSALS, (typeof REFUSALS)[keyof typeof REFUSALS]][]
const CASES = ROWS.flatMap(([name, { examples, ways, meaning }]) =>
  examples.map((description) => ({ name, description, ways: ways as readonly string[], meaning })),
)
let words = 0
const newWord = (): string => `pelican${(words += 1)}`

describe('a refused message', () => {
  test.each(CASES.filter(({ ways, name }) => ways.length > 0 && name !== 'migrated'))(
    '$description: all words arrive',
    async ({ name, description, ways }) => {
      const group = await newGroup()
      const form = FORMS[name] ?? 'text'
      const word = newWord()
      const isTopic = ways.includes('without-topic')
      // the emulator knows no topics, so it refuses the way back into one by itself
      if (!isTopic)
        await refuse(METHODS[form], group.id, description, description.startsWith('Request') ? 413 : 400)
      else await refuse(METHODS[form], group.id, description)
      const source = name === 'not fetched' ? ` ${address}/nothing.png` : ''
      await ask(
        group.id,
        `form ${form} ${word}${source}`,
        isTopic ? { message_thread_id: 77, is_topic_message: true } : {},
      )
      const named = source === '' ? [] : [source.trim()]
      const said = await untilSaid(
        group.id,
        word,
        'the docs',
        'https://example.org/deep',
        ...PARTS[form],
        ...named,
      )
      const shown = everything(said)
      expect(shown).not.toContain('refused')
      const isFileThere = said.some(({ attachments }) => attachments.length > 0)
      expect(
        isFileThere || !/^send(?:Photo|Voice)/.test(METHODS[form]) || /⚠️|nothing\.png/.test(shown),
      ).toBe(true)
    },
  )

  test.each(CASES.filter(({ meaning, ways }) => meaning === 'closed' && ways.length === 0))(
    '$description: who asked learns why in private, once',
    async ({ name, description }) => {
      const group = await newGroup()
      for (const attempt of [1, 2]) {
        await refuse('sendMessage', group.id, description)
        await ask(group.id, `form text ${newWord()}`)
        await expect
          .poll(async () => (await driver.get<{ remaining: number }>('/faults')).remaining, {
            timeout: 60_000,
          })
          .toBe(0)
        expect(attempt).toBeLessThan(3)
      }
      const { notice = '' } = REFUSALS[name] as { notice?: string }
      const said = await untilSaid(ada.id, `⚠️ ${group.title}: ${notice}`)
      // the answer to a later question comes after what was said before
      const word = newWord()
      await ask(ada.id, `form text ${word}`)
      await untilSaid(ada.id, word)
      const all = textOf(await botMessages(driver, ada.id, said.length))
      expect(all.split(`${group.title}:`)).toHaveLength(2)
      expect(await botMessages(driver, group.id, 0)).toEqual([])
    },
  )

  test.each(CASES.filter(({ meaning }) => meaning === 'gone'))(
    '$description: the chat is left alone until somebody writes there',
    async ({ description }) => {
      const group = await newGroup()
      await refuse('sendMessage', group.id, description, /[a-z]/.test(description) ? 403 : 400)
      const lines = assistant.output().split('\n').length
      await ask(group.id, `form text ${newWord()}`)
      await expect
        .poll(
          () =>
            assistant
              .output()
              .split('\n')
              .slice(lines - 1)
              .join('\n'),
          { timeout: 60_000 },
        )
        .toMatch(
          new RegExp(
            `"level":"info".*"chat":${group.id}.*a message was not delivered|a message was not delivered.*${group.id}`,
          ),
        )
      const word = newWord()
      await ask(group.id, `form text ${word}`)
      expect(textOf(await untilSaid(group.id, word))).not.toContain('⚠️')
    },
  )

  test('one that no way can help says so where it was asked for', async () => {
    const group = await newGroup()
    await refuse('sendMessage', group.id, 'message text is empty')
    await ask(group.id, `form text ${newWord()}`)
    expect(textOf(await untilSaid(group.id, '⚠️'))).toContain(REFUSALS['no words'].notice)
  })

  test('an unknown refusal leaves the plain words', async () => {
    const group = await newGroup()
    const word = newWord()
    await refuse('sendMessage', group.id, 'SOMETHING_NEW_INVALID')
    await ask(group.id, `form text ${word}`)
    const said = textOf(await untilSaid(group.id, word))
    expect(said).toContain(`${word} see the docs (https://example.org/deep)`)
  })
})

test('a photo by an address that Telegram cannot fetch is fetched here and uploaded', async () => {
  const group = await newGroup()
  const word = newWord()
  await ask(group.id, `form photo ${word} ${address}/cat.png`)
  const [photo] = await untilSaid(group.id, word)
  expect(photo).toMatchObject({ attachments: [{ kind: 'photo' }] })
  expect(photo?.text).not.toContain(address)

  // no plugin was granted that address
  await ask(group.id, `form photo ${newWord()} http://127.0.0.2:9/cat.png`)
  await untilSaid(group.id, 'http://127.0.0.2:9/cat.png')
})

test('a refused reaction costs no words, and alone becomes words', async () => {
  const group = await newGroup()
  const word = newWord()
  await refuse('setMessageReaction', group.id, 'REACTION_INVALID')
  await ask(group.id, `form mood ${word}`)
  await untilSaid(group.id, word)
  await refuse('setMessageReaction', group.id, 'REACTION_INVALID')
  await ask(group.id, `form thumb ${newWord()}`)
  expect(textOf(await untilSaid(group.id, '👌'))).toContain('👌')
})

test('a file that may not be sent leaves a line that says why, and the words', async () => {
  const group = await newGroup()
  const word = newWord()
  await refuse('sendPhoto', group.id, 'not enough rights to send photos to the chat')
  await ask(group.id, `form photo ${word}`)
  expect(textOf(await untilSaid(group.id, word))).toContain(`⚠️ ${REFUSALS['kind of file'].notice}`)
})
