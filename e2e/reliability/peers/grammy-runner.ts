import { run, sequentialize } from '@grammyjs/runner'
import { Bot } from 'grammy'
import { readSurroundings } from './surroundings.ts'

const { token, apiRoot, answer } = readSurroundings()
const bot = new Bot(token, { client: { apiRoot } })
// as its documentation recommends, so that a chat's messages stay in order
bot.use(sequentialize((context) => String(context.chat?.id)))
bot.on('message:text', (context) => answer(context.message.text, (part) => context.reply(part)))
bot.catch(({ message }) => console.error(message))
await bot.init()
run(bot)
console.log('ready')
