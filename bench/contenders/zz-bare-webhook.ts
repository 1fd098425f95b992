import { createServer } from 'node:http'
import { createJsonCaller } from '../../packages/telegram/src/json-call.ts'
const caller = createJsonCaller({ apiRoot: process.env.API_ROOT ?? '', token: process.env.BOT_TOKEN ?? '' })
createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (c: Buffer) => void chunks.push(c))
  request.on('end', () => {
    const { message } = JSON.parse(String(chunks[0]))
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 11 }).end('{"ok":true}')
    void caller.call({ method: 'sendMessage', body: JSON.stringify({ chat_id: message.chat.id, text: `echo ${message.text}` }), limitMilliseconds: 30_000, signal: undefined })
  })
}).listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready'))
