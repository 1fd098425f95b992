import { LLMock } from '@copilotkit/aimock'
import type { EmulatedUser, TranscriptMessage } from '@pluggram/bot-api-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
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

beforeAll(async () => {
  mock.onMessage(/.*/, { content: 'Seen.' })
  await mock.start()
  emulator = await startEmulator()
  const home = await createHome({
    'plugins/reader.ts': READER,
    'plugins_config.json': { enabled_plugins: { reader: true } },
  })
  await startAssistant(home, {
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
