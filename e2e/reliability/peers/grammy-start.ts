import { Bot } from 'grammy'
import { readSurroundings } from './surroundings.ts'

const { token, apiRoot, answer } = readSurroundings()
const bot = new Bot(token, { client: { apiRoot } })
bot.on('message:text', (context) => answer(context.message.text, (part) => context.reply(part)))
bot.catch(({ message }) => console.error(message))
await bot.start({ onStart: () => console.log('ready') })
