import { Telegraf } from 'telegraf'
import { message } from 'telegraf/filters'

const bot = new Telegraf(process.env.BOT_TOKEN ?? '', { telegram: { apiRoot: process.env.API_ROOT ?? '' } })
bot.on(message('text'), (context) => context.reply(`echo ${context.message.text}`))
void bot.launch()
console.log('ready')
