import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Bot as GramioBot } from 'gramio'
import { Bot as GrammyBot, InlineKeyboard, webhookCallback } from 'grammy'
import { Markup, Telegraf } from 'telegraf'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBotApiEmulator } from './create-bot-api-emulator.ts'
import type { BotApiEmulator } from './emulator.ts'
import type { DriverEvent, EmulatedUser } from './drive-types.ts'
import { TINY_PNG, until } from './testing/bot-api-client.ts'

let emulator: BotApiEmulator
let ada: EmulatedUser
let events: DriverEvent[]

beforeEach(async () => {
  emulator = await createBotApiEmulator({ webhook: { firstRetryMs: 10, maxRetryMs: 20 } })
  ada = emulator.driver.createUser({ firstName: 'Ada', username: 'ada_l', languageCode: 'en' })
  events = []
  emulator.driver.subscribe((event) => events.push(event))
})

afterEach(async () => {
  await emulator.close()
})

function botTexts(): string[] {
  return emulator.driver
    .transcript(ada.id)
    .filter((message) => message.fromBot)
    .map((message) => message.text)
}

/**
 * A person sends a text, presses the bot's button, and sends a picture. Returns everything the bot
 * said.
 */
async function converse(): Promise<string[]> {
  emulator.driver.sendMessage(ada.id, { userId: ada.id, text: 'hello there' })
  await until(() => botTexts().includes('echo: hello there'))

  emulator.driver.sendMessage(ada.id, { userId: ada.id, text: '/menu' })
  await until(() => botTexts().includes('choose'))
  const menu = emulator.driver.transcript(ada.id).find((message) => message.text === 'choose')
  expect(menu?.buttons).toEqual([[{ text: 'Yes', kind: 'callback', data: 'yes' }]])
  const { queryId } = emulator.driver.pressButton(ada.id, menu?.id ?? 0, {
    userId: ada.id,
    row: 0,
    column: 0,
  })
  await until(() => events.some((event) => event.type === 'callback-answered' && event.queryId === queryId))
  expect(events.find((event) => event.type === 'callback-answered')).toMatchObject({ text: 'got yes' })

  emulator.driver.sendFile(ada.id, {
    userId: ada.id,
    kind: 'photo',
    bytes: TINY_PNG,
    fileName: 'dot.png',
    mimeType: 'image/png',
    caption: 'look',
  })
  await until(() => botTexts().length === 3)
  return botTexts()
}

const CONVERSATION = ['echo: hello there', 'choose', `photo of ${TINY_PNG.length} bytes, 3x2`]

async function download(filePath: string | undefined): Promise<number> {
  const response = await fetch(`${emulator.url}/file/bot${emulator.token}/${filePath}`)
  return (await response.arrayBuffer()).byteLength
}

function grammyBot(): GrammyBot {
  const bot = new GrammyBot(emulator.token, { client: { apiRoot: emulator.url } })
  bot.command('menu', (context) =>
    context.reply('choose', { reply_markup: new InlineKeyboard().text('Yes', 'yes') }),
  )
  bot.on('message:text', (context) => context.reply(`echo: ${context.message.text}`))
  bot.on('callback_query:data', (context) =>
    context.answerCallbackQuery({ text: `got ${context.callbackQuery.data}` }),
  )
  bot.on('message:photo', async (context) => {
    const file = await context.getFile()
    const photo = context.message.photo.at(-1)
    await context.reply(`photo of ${await download(file.file_path)} bytes, ${photo?.width}x${photo?.height}`)
  })
  return bot
}

function telegrafBot(): Telegraf {
  const bot = new Telegraf(emulator.token, { telegram: { apiRoot: emulator.url } })
  bot.command('menu', (context) =>
    context.reply('choose', Markup.inlineKeyboard([Markup.button.callback('Yes', 'yes')])),
  )
  bot.on('text', (context) => context.reply(`echo: ${context.message.text}`))
  bot.on('callback_query', async (context) => {
    const data = 'data' in context.callbackQuery ? context.callbackQuery.data : ''
    await context.answerCbQuery(`got ${data}`)
  })
  bot.on('photo', async (context) => {
    const photo = context.message.photo.at(-1)
    const link = await context.telegram.getFileLink(photo?.file_id ?? '')
    const bytes = await (await fetch(link)).arrayBuffer()
    await context.reply(`photo of ${bytes.byteLength} bytes, ${photo?.width}x${photo?.height}`)
  })
  return bot
}

function gramioBot(): GramioBot {
  return new GramioBot(emulator.token, { api: { baseURL: `${emulator.url}/bot` } })
    .command('menu', (context) =>
      context.send('choose', {
        reply_markup: { inline_keyboard: [[{ text: 'Yes', callback_data: 'yes' }]] },
      }),
    )
    .on('callback_query', (context) => context.answer({ text: `got ${context.data}` }))
    .on('message', async (context) => {
      const photo = context.payload.photo?.at(-1)
      if (!photo) return context.send(`echo: ${context.text}`)
      const file = await context.bot.api.getFile({ file_id: photo.file_id })
      return context.send(`photo of ${await download(file.file_path)} bytes, ${photo.width}x${photo.height}`)
    }) as unknown as GramioBot
}

async function withServer(listener: RequestListener, run: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  }
}

describe('an unmodified bot by long polling', () => {
  it('holds a conversation with grammY', async () => {
    const bot = grammyBot()
    const running = bot.start()
    expect(await converse()).toEqual(CONVERSATION)
    await bot.stop()
    await running
  })

  it('holds a conversation with Telegraf', async () => {
    const bot = telegrafBot()
    const running = bot.launch()
    expect(await converse()).toEqual(CONVERSATION)
    bot.stop()
    await running
  })

  it('holds a conversation with GramIO', async () => {
    const bot = gramioBot()
    await bot.start()
    expect(await converse()).toEqual(CONVERSATION)
    await bot.stop()
  })
})

describe('an unmodified bot by webhook', () => {
  it('holds a conversation with grammY, its secret checked', async () => {
    const bot = grammyBot()
    await withServer(webhookCallback(bot, 'http', { secretToken: 'sesame' }), async (url) => {
      await bot.api.setWebhook(url, { secret_token: 'sesame' })
      expect(await converse()).toEqual(CONVERSATION)
      expect((await bot.api.getWebhookInfo()).last_error_message).toBeUndefined()
    })
  })

  it('holds a conversation with Telegraf, which answers inside its response', async () => {
    const bot = telegrafBot()
    await withServer(bot.webhookCallback('/hook', { secretToken: 'sesame' }), async (url) => {
      await bot.telegram.setWebhook(url, { secret_token: 'sesame' })
      expect(await converse()).toEqual(CONVERSATION)
    })
  })
})
