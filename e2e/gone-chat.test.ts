import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { startAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson, startEmulator, TOKEN, write } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { stopAllPrograms } from './support/program.ts'

let server: Server | undefined

afterEach(async () => {
  await stopAllPrograms()
  server?.closeAllConnections()
  server?.close()
  server = undefined
  await removeHomes()
})

/** A model that writes a word each 100 ms until it is stopped, or thinks without a word. */
async function startEndlessModel(): Promise<{ url: string; open: Map<string, ServerResponse> }> {
  const open = new Map<string, ServerResponse>()
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk)
    const { messages } = JSON.parse(body) as { messages: { content: unknown }[] }
    const question = String(messages.at(-1)?.content)
    open.set(question, response)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const choice = { index: 0, delta: { content: 'word ' }, finish_reason: null }
    const say = (): void => void response.write(`data: ${JSON.stringify({ id: '1', choices: [choice] })}\n\n`)
    const words = setInterval(() => (question === 'think' ? response.write(': still here\n\n') : say()), 100)
    response.once('close', () => {
      clearInterval(words)
      open.delete(question)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}/v1`, open }
}

test('a person who blocks the bot while it answers, or thinks, stops the model, and may write again', async () => {
  const model = await startEndlessModel()
  const home = await createHome({
    'config.json': { ai: { model: 'far:m', providers: { far: { base_url: model.url } } } },
  })
  const { url, driver } = await startEmulator()
  const assistant = await startAssistant(home, { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: url })
  const [ada, ben] = [await createPerson(driver), await createPerson(driver, 'Ben')]
  await write(driver, ada, 'write')
  await write(driver, ben, 'think')
  const drafts = async (): Promise<number> => {
    const { calls } = await driver.get<{ calls: { method: string }[] }>('/calls')
    return calls.filter(({ method }) => method.endsWith('Draft')).length
  }
  await expect.poll(drafts).toBeGreaterThan(0)
  expect([...model.open.keys()].toSorted()).toEqual(['think', 'write'])
  for (const { id } of [ada, ben]) await driver.post('/control/block-bot', { userId: id })
  await expect.poll(() => [...model.open.keys()]).toEqual([])
  await assistant.waitFor(/"level":"info".*stopped an answer: its chat can no longer be reached/)
  expect(assistant.output()).not.toContain('"level":"error"')

  await driver.post('/control/unblock-bot', { userId: ada.id })
  expect((await ask(driver, ada, '/help')).join()).toContain('/new')
  expect(await botMessages(driver, ben.id, 0)).toEqual([])
})
