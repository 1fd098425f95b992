import { createServer } from 'node:http'
import { Bot, webhookCallback } from 'grammy'

const bot = new Bot(process.env.BOT_TOKEN ?? '', { client: { apiRoot: process.env.API_ROOT ?? '' } })
bot.on('message:text', (context) => context.reply(`echo ${context.message.text}`))
await bot.init()
const handle = webhookCallback(bot, 'http', {
  secretToken: process.env.WEBHOOK_SECRET ?? '',
  timeoutMilliseconds: 60_000,
})
createServer(handle).listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready'))
