import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { logIn, startAssistant } from './support/assistant.ts'
import { ask, botMessages, createPerson } from './support/emulator.ts'
import { createHome, removeHomes } from './support/home.ts'
import { pressButton } from './support/press-button.ts'
import { stopAllPrograms } from './support/program.ts'

const SECRET = 'sk-e2e-compatible-key-123456'
const servers: Server[] = []

afterEach(async () => {
  await stopAllPrograms()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  await removeHomes()
})

interface Reply {
  readonly status?: number
  readonly type?: string
  readonly body: string
}

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const stream = (...texts: readonly string[]): Reply => ({
  body: `${texts.map((content) => chunk({ content })).join('')}${chunk({}, 'stop')}data: [DONE]\n\n`,
})
const json = (body: object, status = 200): Reply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
})

/** What the server answers to a message, byte by byte. */
const REPLIES: Readonly<Record<string, (hasTools: boolean) => Reply>> = {
  'lone tag': () => stream('Okay, the user greets', ' me. I greet back.\n</think>', '\n\nGood day.'),
  'no tools': (hasTools) =>
    hasTools
      ? json(
          { error: { message: `No endpoints found that support tool use. Key ${SECRET}`, code: 404 } },
          404,
        )
      : stream('Words ', 'alone.'),
  'no stream': () =>
    json({ choices: [{ message: { role: 'assistant', content: 'In one piece.' }, finish_reason: 'stop' }] }),
  mathematics: () => stream('So \\( a_1*b_1*c \\) and \\[ x \\\\ \\{y\\} \\], for $5 to $10.'),
  'bold words': () => stream(Array.from({ length: 110 }, (_, index) => `**w${index}**`).join(' ')),
  nothing: () => stream(''),
  'too many': () => json({ error: { message: 'Too many requests from you today' } }, 429),
  fault: () => json({ error: { message: 'The GPU is on fire' } }, 500),
}

test('whatever a compatible server writes, people read an answer, or what is wrong and a button to try again', async () => {
  const requests: string[] = []
  const bodies: string[] = []
  let isMended = false
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') {
      response.setHeader('content-type', 'application/json')
      return void response.end('{"object":"list","data":[{"id":"m","object":"model"}]}')
    }
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += String(piece)
    const { messages, tools } = JSON.parse(body) as { messages: { content: unknown }[]; tools?: object[] }
    const asked = String(messages.at(-1)?.content)
    requests.push(asked)
    bodies.push(body)
    const reply = isMended ? stream('Mended.') : (REPLIES[asked]?.(tools !== undefined) ?? stream('?'))
    response.writeHead(reply.status ?? 200, {
      'content-type': reply.type ?? 'text/event-stream',
      'retry-after-ms': '1',
    })
    response.end(reply.body)
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  const home = await createHome({})
  const assistant = await startAssistant(home, {
    OPENAI_BASE_URL: `http://127.0.0.1:${address.port}/v1`,
    OPENAI_API_KEY: SECRET,
  })
  const session = await logIn(assistant)
  const ada = await createPerson(session)

  // the first answer of all: thoughts whose beginning is not marked
  expect(await ask(session, ada, 'lone tag')).toEqual(['Good day.'])

  // tools are refused once; the words of the provider are in the log, and nothing is out of order
  expect(await ask(session, ada, 'no tools')).toEqual(['Words alone.'])
  expect(await ask(session, ada, 'no tools')).toEqual(['Words alone.'])
  expect(requests.filter((asked) => asked === 'no tools')).toHaveLength(3)
  expect(assistant.output()).toContain('the model server refuses tools')
  expect(assistant.output()).toContain('No endpoints found that support tool use')
  expect(await (await fetch(`${assistant.url}/readyz`)).text()).not.toMatch(/know the model/)

  expect(await ask(session, ada, 'no stream')).toEqual(['In one piece.'])
  expect(requests.filter((asked) => asked === 'no stream')).toHaveLength(1)

  const [mathematics = ''] = await ask(session, ada, 'mathematics')
  for (const source of ['a_1*b_1*c', String.raw`x \\ \{y\}`, '$5 to $10'])
    expect(mathematics).toContain(source)
  expect(await ask(session, ada, 'bold words', 2)).toHaveLength(2)
  const bold = (await botMessages(session, ada.id)).slice(-2).map(({ entities }) => entities.length)
  expect(bold.reduce((sum, count) => sum + count, 0)).toBe(110)
  expect(Math.max(...bold)).toBeLessThanOrEqual(100)

  const errors: string[] = []
  for (const fault of ['nothing', 'too many', 'fault']) {
    isMended = false
    const [error = ''] = await ask(session, ada, fault)
    errors.push(error)
    isMended = true
    const before = await botMessages(session, ada.id, 0)
    await pressButton(session, { chatId: ada.id, user: ada, label: '🔄 Retry' })
    // the answer takes the place of the error and its button
    const kept = before.map(({ text }) => text).filter((text) => text !== error)
    expect(kept).toHaveLength(before.length - 1)
    const messages = async (): Promise<unknown> =>
      (await botMessages(session, ada.id, 0)).map(({ text, buttons }) => [text, buttons])
    await expect.poll(messages, { timeout: 30_000 }).toEqual([...kept, 'Mended.'].map((text) => [text, []]))
  }
  expect(new Set(errors).size).toBe(3)
  expect(errors.every((error) => error.startsWith('⚠️ '))).toBe(true)
  expect(assistant.output()).toContain('Too many requests from you today')
  expect(assistant.output()).toContain('The GPU is on fire')
  expect(assistant.output()).not.toContain(SECRET)

  // what was thought is in no conversation
  await ask(session, ada, 'and now?')
  expect(requests.at(-1)).toBe('and now?')
  expect(bodies.at(-1)).toContain('Good day.')
  expect(bodies.join('')).not.toContain('Okay, the user greets')
})
