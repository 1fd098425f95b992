import { run } from '@grammyjs/runner'
import { Bot } from 'grammy'

const bot = new Bot(process.env.BOT_TOKEN ?? '', { client: { apiRoot: process.env.API_ROOT ?? '' } })
bot.on('message:text', (context) => context.reply(`echo ${context.message.text}`))
await bot.init()
run(bot)
console.log('ready')
