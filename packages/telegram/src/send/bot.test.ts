import { setTimeout as delay } from 'node:timers/promises'
import { DeliveryError } from '@pluggram/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  anySignal,
  callsOf,
  QUICK,
  refuseCalls,
  sendReply,
  startEmulatedTelegram,
  writeSlowly,
  createTestBot,
} from '../test-support.ts'
import type { EmulatedTelegram, TestBot } from '../test-support.ts'

let telegram: EmulatedTelegram
let messenger: TestBot

beforeEach(async () => {
  telegram = await startEmulatedTelegram()
  messenger = createTestBot({ api: telegram.api, logger: telegram.logger, backoff: QUICK })
})

afterEach(async () => {
  await telegram.close()
})

const transcript = (chatId = telegram.chat.id): readonly { text: string; fromBot: boolean }[] =>
  telegram.emulator.driver.transcript(chatId).filter((message) => message.fromBot)
const texts = (chatId = telegram.chat.id): string[] => transcript(chatId).map((message) => message.text)

describe('text', () => {
  it('sends plain text as it stands, without a link preview', async () => {
    const sent = await sendReply(
      messenger,
      telegram.chat,
      { text: '*not bold* https://a.example' },
      anySignal(),
    )
    expect(texts()).toEqual(['*not bold* https://a.example'])
    expect(sent).toEqual([{ id: expect.any(Number), chatId: telegram.chat.id }])
    expect(callsOf(telegram.emulator, 'sendMessage')[0]).toMatchObject({
      link_preview_options: { is_disabled: true },
    })
  })

  it('sends markdown and html as text with entities', async () => {
    await sendReply(
      messenger,
      telegram.chat,
      { text: '**bold** and `code`', format: 'markdown' },
      anySignal(),
    )
    await sendReply(
      messenger,
      telegram.chat,
      { text: '<b>bold</b> &amp; <u>more</u>', format: 'html' },
      anySignal(),
    )
    const messages = telegram.emulator.driver.transcript(telegram.chat.id)
    expect(messages.map(({ text, entities }) => ({ text, entities }))).toEqual([
      {
        text: 'bold and code',
        entities: [
          { type: 'bold', offset: 0, length: 4 },
          { type: 'code', offset: 9, length: 4 },
        ],
      },
      {
        text: 'bold & more',
        entities: [
          { type: 'bold', offset: 0, length: 4 },
          { type: 'underline', offset: 7, length: 4 },
        ],
      },
    ])
  })

  it('splits long text and puts the buttons under the last part', async () => {
    const text = Array.from({ length: 1000 }, (_, line) => `Line number ${line}.`).join('\n')
    const buttons = [[{ text: 'More', data: 'more' }]]
    const sent = await sendReply(
      messenger,
      telegram.chat,
      { text, buttons, replyToMessageId: 1 },
      anySignal(),
    )
    const messages = telegram.emulator.driver.transcript(telegram.chat.id)
    expect(messages.length).toBe(5)
    expect(sent.length).toBe(5)
    expect(messages.map((message) => message.text).join('\n')).toBe(text)
    expect(messages.map((message) => message.buttons.length)).toEqual([0, 0, 0, 0, 1])
    expect(
      callsOf(telegram.emulator, 'sendMessage').filter((call) => 'reply_parameters' in call).length,
    ).toBe(1)
  })

  it('refuses a reply without anything to show', async () => {
    const empty = sendReply(messenger, telegram.chat, { text: ' \n\u200b' }, anySignal())
    await expect(empty).rejects.toMatchObject({ code: 'reply-invalid' })
    const buttons = sendReply(
      messenger,
      telegram.chat,
      { buttons: [[{ text: 'a', data: 'b' }]] },
      anySignal(),
    )
    await expect(buttons).rejects.toMatchObject({ code: 'reply-invalid' })
    expect(callsOf(telegram.emulator, 'sendMessage')).toEqual([])
  })

  it('sends the words without formatting when Telegram refuses it', async () => {
    const refusing = withRefusal((payload) => 'entities' in payload, "Bad Request: can't parse entities")
    await sendReply(refusing, telegram.chat, { text: '**bold**', format: 'markdown' }, anySignal())
    expect(texts()).toEqual(['bold'])
  })

  it('sends the words without buttons when Telegram refuses those', async () => {
    const buttons = [[{ text: 'Too much', data: 'x'.repeat(65) }]]
    await sendReply(messenger, telegram.chat, { text: 'Words', buttons }, anySignal())
    expect(texts()).toEqual(['Words'])
    expect(telegram.logger.lines.some(({ level }) => level === 'warn')).toBe(true)
  })

  function withRefusal(isRefused: (payload: object) => boolean, description: string): TestBot {
    const api = refuseCalls(
      telegram.api,
      (method, payload) => method === 'sendMessage' && isRefused(payload),
      {
        ok: false,
        error_code: 400,
        description,
      },
    )
    return createTestBot({ api, logger: telegram.logger, backoff: QUICK })
  }
})

describe('edits, media and other replies', () => {
  it('edits, and takes an unchanged edit for done', async () => {
    const [first] = await sendReply(messenger, telegram.chat, { text: 'one' }, anySignal())
    const edit = { text: 'two', editMessageId: first!.id }
    expect(await sendReply(messenger, telegram.chat, edit, anySignal())).toEqual([first])
    expect(await sendReply(messenger, telegram.chat, edit, anySignal())).toEqual([first])
    expect(texts()).toEqual(['two'])
  })

  it('edits the first part of a long text and sends the rest', async () => {
    const [first] = await sendReply(messenger, telegram.chat, { text: 'one' }, anySignal())
    const text = 'word '.repeat(1500).trim()
    const sent = await sendReply(messenger, telegram.chat, { text, editMessageId: first!.id }, anySignal())
    expect(sent.length).toBe(2)
    expect(sent[0]).toEqual(first)
    expect(texts().join(' ')).toBe(text)
  })

  it('sends the words anew when the message to edit is gone', async () => {
    await sendReply(messenger, telegram.chat, { text: 'words', editMessageId: 4711 }, anySignal())
    expect(texts()).toEqual(['words'])
  })

  it('sends bytes with a caption, and what is over 1,024 units as text', async () => {
    const text = 'word '.repeat(400).trim()
    const media = { kind: 'document', source: Buffer.from('hello'), fileName: 'hello.txt' } as const
    await sendReply(messenger, telegram.chat, { text, media }, anySignal())
    const [document, rest] = telegram.emulator.driver.transcript(telegram.chat.id)
    expect(document!.attachments[0]).toMatchObject({ kind: 'document', fileName: 'hello.txt', size: 5 })
    expect(document!.text.length).toBeLessThanOrEqual(1024)
    expect(`${document!.text} ${rest!.text}`).toBe(text)
  })

  it('refuses media by local address and strange file ids', async () => {
    const local = { media: { kind: 'document', source: { url: 'file:///etc/passwd' } } } as const
    await expect(sendReply(messenger, telegram.chat, local, anySignal())).rejects.toMatchObject({
      code: 'reply-invalid',
    })
    const odd = { media: { kind: 'document', source: { fileId: 'file:///etc/passwd' } } } as const
    await expect(sendReply(messenger, telegram.chat, odd, anySignal())).rejects.toMatchObject({
      code: 'reply-invalid',
    })
  })

  it('sends a location after its text, and reacts to a message', async () => {
    const { driver } = telegram.emulator
    const question = driver.sendMessage(telegram.ada.id, { userId: telegram.ada.id, text: 'where?' })
    const location = { latitude: 48.2, longitude: 16.37 }
    const reply = { text: 'here', location, replyToMessageId: question.id }
    await sendReply(messenger, telegram.chat, reply, anySignal())
    await messenger.react(telegram.chat, question.id, '👍')
    const [asked, text, place] = driver.transcript(telegram.chat.id)
    expect(asked!.reactions).toMatchObject([{ emoji: '👍' }])
    expect(text).toMatchObject({ text: 'here', replyToMessageId: question.id })
    expect(place!.attachments).toMatchObject([{ kind: 'location' }])
  })

  it('downloads what a person sent', async () => {
    const bytes = new Uint8Array([1, 2, 3, 250])
    const file = {
      userId: telegram.ada.id,
      kind: 'document',
      bytes,
      fileName: 'ä b.bin',
      mimeType: 'application/octet-stream',
    } as const
    const message = telegram.emulator.driver.sendFile(telegram.chat.id, file)
    expect(await messenger.download(message.attachments[0]!.fileId!, anySignal())).toEqual(bytes)
    await expect(messenger.download('nothing', anySignal())).rejects.toBeInstanceOf(DeliveryError)
  })

  it('answers a pressed button and survives a query that is gone', async () => {
    const { driver } = telegram.emulator
    const [sent] = await sendReply(
      messenger,
      telegram.chat,
      { text: 'x', buttons: [[{ text: 'b', data: 'd' }]] },
      anySignal(),
    )
    const { queryId } = driver.pressButton(telegram.chat.id, sent!.id, {
      userId: telegram.ada.id,
      row: 0,
      column: 0,
    })
    await messenger.answerCallback(queryId, 'y'.repeat(300))
    expect(callsOf(telegram.emulator, 'answerCallbackQuery')).toMatchObject([{ text: 'y'.repeat(200) }])
    await messenger.answerCallback('gone')
  })
})

describe('trouble', () => {
  it('waits out a 429 in its chat while other chats go on', async () => {
    const { emulator, chat } = telegram
    const bob = emulator.driver.createUser({ firstName: 'Bob' })
    emulator.faults.add({ kind: 'too-many-requests', retryAfter: 1, method: 'sendMessage', chatId: chat.id })
    const other = { id: bob.id, type: 'private' } as const
    const started = performance.now()
    const slow = sendReply(messenger, chat, { text: 'first' }, anySignal())
    await sendReply(messenger, other, { text: 'hi' }, anySignal())
    await delay(1000)
    const sentAt = performance.now()
    await sendReply(messenger, other, { text: 'a second later' }, anySignal())
    const secondLater = performance.now()
    await slow
    expect(performance.now() - started).toBeGreaterThanOrEqual(1000)
    // how long a message takes shows how slow the machine is
    expect(performance.now() - secondLater).toBeLessThan(900 + 10 * (secondLater - sentAt))
    expect(texts()).toEqual(['first'])
    const chats = emulator.calls().map(({ chatId }) => chatId)
    expect(chats.length).toBe(4)
    expect(chats.indexOf(bob.id)).toBeLessThan(chats.lastIndexOf(chat.id))
  })

  it('gives up a wait when its signal is aborted, and the chat goes on afterwards', async () => {
    telegram.emulator.faults.add({ kind: 'too-many-requests', retryAfter: 4, method: 'sendMessage' })
    const started = performance.now()
    const sending = sendReply(messenger, telegram.chat, { text: 'never' }, AbortSignal.timeout(100))
    await expect(sending).rejects.toMatchObject({ code: 'delivery-failed', failure: 'cancelled' })
    expect(performance.now() - started).toBeLessThan(4000)
    await sendReply(messenger, telegram.chat, { text: 'later' }, anySignal())
    expect(texts()).toEqual(['later'])
  })

  it.each([
    { kind: 'server-error', status: 502 },
    { kind: 'server-error', status: 502, html: true },
    { kind: 'drop-request' },
    { kind: 'garbage' },
  ] as const)('tries again after $kind', async (fault) => {
    telegram.emulator.faults.add({ ...fault, times: 2, method: 'sendMessage' })
    await sendReply(messenger, telegram.chat, { text: 'words' }, anySignal())
    expect(new Set(texts())).toEqual(new Set(['words']))
  })

  it('gives up after a bounded number of tries', async () => {
    telegram.emulator.faults.add({ kind: 'server-error', times: 100, method: 'sendMessage' })
    const sending = sendReply(messenger, telegram.chat, { text: 'words' }, anySignal())
    await expect(sending).rejects.toMatchObject({ code: 'delivery-failed', isRetryable: true })
    expect(callsOf(telegram.emulator, 'sendMessage').length).toBe(8)
  })

  it('shows no "typing…" while Telegram forbids it, and never throws', async () => {
    telegram.emulator.faults.add({ kind: 'too-many-requests', retryAfter: 1, method: 'sendChatAction' })
    await messenger.showTyping(telegram.chat)
    await messenger.showTyping(telegram.chat)
    expect(callsOf(telegram.emulator, 'sendChatAction').length).toBe(1)
    await sendReply(messenger, telegram.chat, { text: 'not held' }, anySignal())
    await delay(1050)
    await messenger.showTyping(telegram.chat)
    await messenger.showTyping({ id: 99, type: 'private' })
    expect(callsOf(telegram.emulator, 'sendChatAction').length).toBe(3)
  })
})

describe('streamed text', () => {
  const words = Array.from({ length: 15 }, (_, index) => `word${index} `)
  const drafts = (): readonly Readonly<Record<string, unknown>>[] =>
    callsOf(telegram.emulator, 'sendMessageDraft')

  /** A bot that need not wait a second for each preview. */
  const brisk = (): TestBot =>
    createTestBot({
      api: telegram.api,
      logger: telegram.logger,
      backoff: QUICK,
      limits: { overallPerSecond: 30, chatPerSecond: 5, groupPerMinute: 200 },
    })

  it('shows previews in private chats, paced, then the whole text', async () => {
    const started = performance.now()
    const text = writeSlowly(words, 60, () => drafts().length > 1)
    await sendReply(brisk(), telegram.chat, { text }, anySignal())
    expect(texts()).toEqual([words.join('').trim()])
    expect(drafts().length).toBeLessThanOrEqual((performance.now() - started) / 300 + 1)
    expect(new Set(drafts().map((draft) => draft['draft_id'])).size).toBe(1)
    expect(telegram.emulator.calls().at(-1)!.method).toBe('sendMessage')
  })

  it('sends the whole text when previews are refused', async () => {
    telegram.emulator.faults.add({ kind: 'too-many-requests', retryAfter: 30, method: 'sendMessageDraft' })
    await sendReply(messenger, telegram.chat, { text: writeSlowly(words, 60) }, anySignal())
    expect(texts()).toEqual([words.join('').trim()])
    expect(drafts().length).toBe(1)
  })

  it('shows none in groups, nor when they are off', async () => {
    const group = telegram.emulator.driver.createChat({
      type: 'group',
      title: 'G',
      memberIds: [telegram.ada.id],
    })
    await sendReply(messenger, { id: group.id, type: 'group' }, { text: writeSlowly(words, 5) }, anySignal())
    const quiet = createTestBot({ api: telegram.api, logger: telegram.logger, streaming: 'off' })
    await sendReply(quiet, telegram.chat, { text: writeSlowly(words, 5) }, anySignal())
    expect(drafts()).toEqual([])
    expect(texts(group.id)).toEqual([words.join('').trim()])
  })

  it('shows the end of a text that outgrew one message', async () => {
    const shownTexts = (): string[] => drafts().map((draft) => String(draft['text']))
    const text = writeSlowly(['start ', 'x'.repeat(5000), ' end'], 400, () =>
      shownTexts().some((shown) => shown.startsWith('x')),
    )
    await sendReply(brisk(), telegram.chat, { text }, anySignal())
    const shown = shownTexts()
    expect(shown.every((one) => one.length <= 4096)).toBe(true)
    expect(shown.at(-1)!.startsWith('x')).toBe(true)
    expect(texts().length).toBe(2)
  })

  it('sends what is there with a note when the stream breaks, and passes the error on', async () => {
    async function* broken(): AsyncGenerator<string> {
      yield '```js\nlet half'
      throw new Error('secret internals')
    }
    const sending = sendReply(messenger, telegram.chat, { text: broken(), format: 'markdown' }, anySignal())
    await expect(sending).rejects.toThrow('secret internals')
    expect(texts()).toEqual(['let half\n\n[The answer ends here: something went wrong]'])
  })

  it('sends nothing when the stream breaks before its first word', async () => {
    async function* broken(): AsyncGenerator<string> {
      yield ' '
      throw new Error('early')
    }
    await expect(sendReply(messenger, telegram.chat, { text: broken() }, anySignal())).rejects.toThrow(
      'early',
    )
    expect(texts()).toEqual([])
  })

  it('stops at once when it is aborted, even if the stream hangs', async () => {
    async function* hanging(): AsyncGenerator<string> {
      yield 'beginning'
      await new Promise(() => undefined)
    }
    const started = performance.now()
    const sending = sendReply(messenger, telegram.chat, { text: hanging() }, AbortSignal.timeout(150))
    await expect(sending).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(performance.now() - started).toBeLessThan(30_000)
    expect(texts()).toEqual(['beginning\n\n[The answer ends here: stopped]'])
  })

  it('lets a stream reply to the same chat while it is being read', async () => {
    async function* nested(): AsyncGenerator<string> {
      await sendReply(messenger, telegram.chat, { text: 'inner' }, anySignal())
      yield 'outer'
    }
    await sendReply(messenger, telegram.chat, { text: nested() }, anySignal())
    expect(texts()).toEqual(['inner', 'outer'])
  })

  it('ends a stream that never waits', async () => {
    async function* endless(): AsyncGenerator<string> {
      for (;;) yield 'x'
    }
    const sending = sendReply(messenger, telegram.chat, { text: endless() }, AbortSignal.timeout(300))
    await expect(sending).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})
