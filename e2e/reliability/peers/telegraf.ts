import { Telegraf } from 'telegraf'
import { message } from 'telegraf/filters'
import { readSurroundings } from './surroundings.ts'

const { token, apiRoot, answer } = readSurroundings()
const bot = new Telegraf(token, { telegram: { apiRoot } })
bot.on(message('text'), (context) => answer(context.message.text, (part) => context.reply(part)))
bot.catch((error) => console.error(error instanceof Error ? error.message : error))
await bot.launch(() => console.log('ready'))
