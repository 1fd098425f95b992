import { LLMock } from '@copilotkit/aimock'
import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import type { RunningAssistant } from './support/assistant.ts'
import { botMessages, createPerson, startEmulator, TOKEN } from './support/emulator.ts'
import type { RunningEmulator } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

/** A plugin in its own process that reads the file it is asked about. */
const READER = `
export default class {
  static manifest = { commands: { size: { description: 'How large is that file?' } } }
  async processMessage(message, { command, message: { replyTo }, download }) {
    if (command?.name !== 'size') return undefined
    const bytes = await download(replyTo.attachments[0])
    return { success: true, response: bytes.length + ' bytes' }
  }
}`

const mock = new LLMock({ port: 0 })
let emulator: RunningEmulator
let assistant: RunningAssistant

beforeAll(async () => {
  // as a server does whose model takes no pictures
  mock.on(
    {
      predicate: ({ messages }) =>
        JSON.stringify(messages.at(-1)).includes('refuse this') && hasPicture(messages),
    },
    {
      error: { message: 'image input is not supported - hint: you may need to provide the mmproj' },
      status: 500,
    },
  )
  mock.onMessage(/Show a picture/, { content: 'See ![it](https://pictures.invalid/x.png?d=1).' })
  mock.onMessage(/.*/, { content: 'Seen.' })
  await mock.start()
  emulator = await startEmulator()
  const home = await createHome({
    'plugins/reader.ts': READER,
    'plugins_config.json': { enabled_plugins: { reader: true } },
  })
  assistant = await startAssistant(home, {
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: emulator.url,
    OPENAI_BASE_URL: `${mock.url}/v1`,
    OPENAI_API_KEY: 'sk-test-0123456789abcdef',
  })
})

afterAll(async () => {
  await stopAllPrograms()
  await mock.stop()
  await removeHomes()
})

function hasPicture(messages: readonly unknown[]): boolean {
  return JSON.stringify(messages.at(-1)).includes('data:image/')
}

/** Sends any content, as an answer to another message if one is given. */
async function sendContent(
  person: EmulatedUser,
  content: object,
  answered?: object,
): Promise<TranscriptMessage> {
  const { driver } = emulator
  const replied =
    answered === undefined
      ? undefined
      : await driver.post<TranscriptMessage>(`/chats/${person.id}/content`, {
          userId: person.id,
          content: answered,
        })
  if (replied) await botMessages(driver, person.id, 1)
  return driver.post<TranscriptMessage>(`/chats/${person.id}/content`, {
    userId: person.id,
    content,
    ...(replied && { replyToMessageId: replied.id }),
  })
}

/** A file that Telegram has, for contents. */
async function storeFile(
  fileName: string,
  mimeType: string,
  bytes: Buffer,
): Promise<{ file_id: string; file_unique_id: string }> {
  const body = { fileName, mimeType, base64: bytes.toString('base64') }
  const { fileId } = await emulator.driver.post<{ fileId: string }>('/control/store-file', body)
  return { file_id: fileId, file_unique_id: fileId.slice(0, 8) }
}

/** What the model was last told, as text. */
function lastTold(): string {
  const body = mock.getRequests().at(-1)?.body as { messages: { content: unknown }[] }
  return JSON.stringify(body.messages.at(-1)?.content)
}

const link = (offset: number, length: number) => ({
  type: 'text_link',
  offset,
  length,
  url: 'https://a.example/x?y=1',
})

test('the model reads the address behind linked words, wherever they stand', async () => {
  const ada = await createPerson(emulator.driver)
  let count = 0
  const told = async (content: object, answered?: object): Promise<string> => {
    await sendContent(ada, content, answered)
    count += answered === undefined ? 1 : 2
    await botMessages(emulator.driver, ada.id, count)
    return lastTold()
  }
  const shown = '[this](https://a.example/x?y=1)'
  expect(await told({ text: '👩‍👩‍👧🇩🇪 this', entities: [link(13, 4)] })).toContain(`👩‍👩‍👧🇩🇪 ${shown}`)
  expect(
    await told({
      voice: { file_id: 'v', file_unique_id: 'v', duration: 1 },
      caption: '😀 this',
      caption_entities: [link(3, 4)],
    }),
  ).toContain(`😀 ${shown}`)
  expect(await told({ text: 'What is it?' }, { text: '😀 this', entities: [link(3, 4)] })).toContain(
    `😀 ${shown}`,
  )
  expect(
    await told({ text: 'What is it?', quote: { text: '😀 this', entities: [link(3, 4)], position: 0 } }),
  ).toContain(`😀 ${shown}`)
  expect(
    await told({
      text: 'What is it?',
      rich_message: {
        blocks: [
          {
            type: 'paragraph',
            text: ['see ', { type: 'url', text: 'this', url: 'https://a.example/x?y=1' }],
          },
        ],
      },
    }),
  ).toContain(`see ${shown}`)
})

test('a plugin in its own process reads the file of the message that is answered', async () => {
  const { driver } = emulator
  const ada = await createPerson(driver)
  const file = await storeFile('note.txt', 'text/plain', Buffer.from('12345'))
  await sendContent(
    ada,
    { text: '/size' },
    { document: { ...file, file_name: 'note.txt', mime_type: 'text/plain' } },
  )
  expect((await botMessages(driver, ada.id, 2)).at(-1)?.text).toBe('5 bytes')
})

const STICKER = {
  file_id: 's',
  file_unique_id: 's',
  type: 'regular',
  width: 9,
  height: 9,
  is_animated: true,
  is_video: false,
}
const USER = { id: 5, is_bot: false, first_name: 'Eve' }

/** A message of each kind that a person can send, and what the model is told of it. */
const KINDS: readonly (readonly [object, string])[] = [
  [{ dice: { emoji: '🎲', value: 5 } }, '[throws 🎲: 5]'],
  [{ story: { chat: { id: 5, type: 'private', first_name: 'Eve' }, id: 1 } }, 'a story, from Eve'],
  [{ checklist: { title: 'Shopping', tasks: [{ id: 1, text: 'milk' }] } }, 'Shopping\\nmilk'],
  [{ contact: { phone_number: '+49 1', first_name: 'Eve' } }, 'Eve, +49 1'],
  [
    {
      venue: { location: { latitude: 1, longitude: 2 }, title: 'Café', address: 'Street 1' },
      location: { latitude: 1, longitude: 2 },
    },
    'Café\\nStreet 1',
  ],
  [{ game: { title: 'Chess', description: 'Play it', photo: [] } }, 'Chess\\nPlay it'],
  [{ giveaway: { chats: [], winners_selection_date: 60, winner_count: 3 } }, 'It has 3 winners'],
  [{ paid_media: { star_count: 5, paid_media: [{ type: 'preview' }] } }, 'The price is 5 Telegram Stars'],
  [
    { gift: { gift: { id: 'g', sticker: STICKER, star_count: 15 }, text: 'For you', entities: [] } },
    'For you',
  ],
  [{ sticker: { ...STICKER, emoji: '😎' } }, 'a sticker: 😎'],
  [{ web_app_data: { data: '{"cart":1}', button_text: 'Order' } }, 'Order'],
  [{ users_shared: { request_id: 1, users: [{ user_id: 55 }] } }, '55'],
  [
    { via_bot: { ...USER, is_bot: true, username: 'gif' }, text: 'found it' },
    'sent through the inline bot @gif',
  ],
]

test('what a person sends is never met with silence, whatever its kind, and news are', async () => {
  const { driver } = emulator
  const ada = await createPerson(driver)
  let count = 0
  for (const [content, told] of KINDS) {
    // service messages in between, which nobody expects an answer to
    await sendContent(ada, { message_auto_delete_timer_changed: { message_auto_delete_time: count } })
    await sendContent(ada, content)
    count += 1
    expect(await botMessages(driver, ada.id, count)).toHaveLength(count)
    expect(lastTold()).toContain(told)
  }
  // what the model never gets has an answer as well
  await sendContent(ada, { sticker: STICKER })
  expect((await botMessages(driver, ada.id, count + 1)).at(-1)?.text).toMatch(/sticker/)
})

test('in a group, such a message is answered when it is addressed to the bot', async () => {
  const { driver } = emulator
  const ada = await createPerson(driver)
  const group = await driver.post<{ id: number }>('/chats', {
    type: 'group',
    title: 'Friends',
    memberIds: [ada.id],
  })
  const post = (content: object, replyToMessageId?: number): Promise<TranscriptMessage> =>
    driver.post<TranscriptMessage>(`/chats/${group.id}/content`, {
      userId: ada.id,
      content,
      replyToMessageId,
    })
  await post({ dice: { emoji: '🎲', value: 4 } })
  await post({ text: '@emulated_bot hello', entities: [{ type: 'mention', offset: 0, length: 13 }] })
  const [hello] = await botMessages(driver, group.id, 1)
  await post({ dice: { emoji: '🎲', value: 6 } }, hello?.id)
  expect(await botMessages(driver, group.id, 2)).toHaveLength(2)
  expect(lastTold()).toContain('[throws 🎲: 6]')
})

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)

test('a picture that the model cannot take is looked at in a smaller version, or it is said what to do', async () => {
  const { driver } = emulator
  const ada = await createPerson(driver)
  const heic = {
    ...(await storeFile('a.heic', 'image/heic', Buffer.from('\0\0\0\x18ftypheic'.padEnd(64, '\0')))),
    file_name: 'a.heic',
    mime_type: 'image/heic',
  }
  const thumbnail = { ...(await storeFile('t.png', 'image/png', PNG)), width: 320, height: 240 }
  const answer = async (content: object, count: number): Promise<string> => {
    await sendContent(ada, content)
    return (await botMessages(driver, ada.id, count)).at(-1)?.text ?? ''
  }
  expect(await answer({ document: heic }, 1)).toMatch(/in the HEIC format\. Send it as a photo/)
  expect(await answer({ document: { ...heic, thumbnail }, caption: 'What is it?' }, 2)).toMatch(
    /HEIC[^]*small preview of it \(320 × 240\)\.\n\nSeen\.$/,
  )
  expect(lastTold()).toContain('data:image/png')
  // the server refuses the picture
  const photo = [{ ...thumbnail, file_size: PNG.length }]
  expect(await answer({ photo, caption: 'refuse this' }, 3)).toMatch(
    /did not accept the picture[^]*\n\nSeen\.$/,
  )
  expect(lastTold()).not.toContain('data:image/')
  expect(
    await answer(
      { animation: { ...heic, width: 9, height: 9, duration: 3, thumbnail }, caption: 'What moves?' },
      4,
    ),
  ).toMatch(/I looked at one picture of it\.\n\nSeen\.$/)
})

test('an address of a picture that others may have made is not requested; the answer has it as a link', async () => {
  const { driver } = emulator
  const ada = await createPerson(driver)
  const shown = 'See it (https://pictures.invalid/x.png?d=1).'
  const origin = { type: 'hidden_user', date: 1, sender_user_name: 'Eve' }
  await sendContent(ada, { text: 'Show a picture', forward_origin: origin })
  expect((await botMessages(driver, ada.id, 1)).at(-1)?.text).toBe(shown)
  expect(assistant.output()).not.toContain('could not be fetched')
  // own words: it is asked for, and stays a link because nothing answers there
  const eve = await createPerson(driver, 'Eve')
  await sendContent(eve, { text: 'Show a picture' })
  expect((await botMessages(driver, eve.id, 1)).at(-1)?.text).toBe(shown)
  await assistant.waitFor(/a picture of an answer could not be fetched/)
})
