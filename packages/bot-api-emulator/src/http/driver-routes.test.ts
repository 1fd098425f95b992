import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBotApiEmulator } from '../create-bot-api-emulator.ts'
import type { DriverEvent, DriverState, EmulatedUser, TranscriptMessage } from '../drive-types.ts'
import type { BotApiEmulator } from '../emulator.ts'
import { TINY_PNG, botApiClient, until } from '../testing/bot-api-client.ts'
import { registerChatDriver } from './driver-routes.ts'

let emulator: BotApiEmulator
let app: FastifyInstance
let root: string

beforeEach(async () => {
  emulator = await createBotApiEmulator({ driverRoutes: false })
  app = fastify({ forceCloseConnections: true })
  app.register(async (scope) => registerChatDriver(scope, emulator), { prefix: '/api/playground' })
  app.post('/outside', (request) => ({ body: request.body }))
  app.get('/broken', () => {
    throw new Error('outside')
  })
  root = `${await app.listen({ host: '127.0.0.1', port: 0 })}/api/playground`
})

afterEach(async () => {
  await app.close()
  await emulator.close()
})

async function send<T>(method: string, path: string, body?: object): Promise<{ status: number; body: T }> {
  const response = await fetch(`${root}${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as T }
}

async function createAda(): Promise<EmulatedUser> {
  return (
    await send<EmulatedUser>('POST', '/users', { firstName: 'Ada', username: 'ada_l', languageCode: 'en' })
  ).body
}

/** Opens the event stream. The returned function collects events until the stream ends. */
async function openEvents(events: { id: number; event: DriverEvent }[]): Promise<() => Promise<void>> {
  const response = await fetch(`${root}/events`)
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  return () => collect(response, events)
}

async function collect(response: Response, events: { id: number; event: DriverEvent }[]): Promise<void> {
  let rest = ''
  for await (const chunk of response.body ?? []) {
    rest += Buffer.from(chunk).toString()
    const blocks = rest.split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const match = /^id: (\d+)\ndata: (.*)$/.exec(block)
      if (match) events.push({ id: Number(match[1]), event: JSON.parse(match[2] ?? '') as DriverEvent })
    }
  }
}

describe('the driver over HTTP', () => {
  it('creates people and chats and lists them', async () => {
    const ada = await createAda()
    expect(ada).toEqual({
      id: expect.any(Number),
      isBot: false,
      firstName: 'Ada',
      username: 'ada_l',
      languageCode: 'en',
    })
    const group = await send('POST', '/chats', { type: 'group', title: 'Team', memberIds: [ada.id] })
    expect(group.body).toEqual({
      id: expect.any(Number),
      type: 'group',
      title: 'Team',
      memberIds: [ada.id, emulator.bot.id],
    })
    const { body } = await send<DriverState>('GET', '/state')
    expect(body.users).toEqual([ada])
    expect(body.chats.map(({ type }) => type)).toEqual(['private', 'group'])
    expect(body.bot).toEqual(emulator.bot)
  })

  it('sends, edits, presses, reacts and reads back', async () => {
    const ada = await createAda()
    const call = botApiClient(emulator)
    const sent = await send<TranscriptMessage>('POST', `/chats/${ada.id}/messages`, {
      userId: ada.id,
      text: '/hi',
    })
    expect(sent.body).toMatchObject({ text: '/hi', fromBot: false, entities: [{ type: 'bot_command' }] })
    const edited = await send<TranscriptMessage>('PATCH', `/chats/${ada.id}/messages/${sent.body.id}`, {
      userId: ada.id,
      text: 'hello',
    })
    expect(edited.body).toMatchObject({ text: 'hello', entities: [], editDate: expect.any(Number) })
    await call('sendMessage', {
      chat_id: ada.id,
      text: 'pick',
      reply_markup: {
        inline_keyboard: [
          [
            { text: 'A', callback_data: 'a' },
            { text: 'L', url: 'https://e.org' },
          ],
        ],
      },
    })
    const path = `/chats/${ada.id}/messages/2`
    expect((await send('POST', `${path}/press`, { userId: ada.id, row: 0, column: 0 })).body).toEqual({
      queryId: expect.stringMatching(/^\d+$/),
    })
    expect((await send('POST', `${path}/press`, { userId: ada.id, row: 0, column: 1 })).status).toBe(409)
    expect((await send('POST', `${path}/press`, { userId: ada.id, row: 3, column: 0 })).status).toBe(404)
    expect((await send('POST', `${path}/reaction`, { userId: ada.id, emoji: '🎉' })).status).toBe(204)
    expect(
      (await send('POST', `/chats/${ada.id}/location`, { userId: ada.id, latitude: 1, longitude: 2 })).status,
    ).toBe(200)
    const { body } = await send<{ messages: TranscriptMessage[] }>('GET', `/chats/${ada.id}/messages`)
    expect(body.messages).toMatchObject([
      { text: 'hello' },
      {
        text: 'pick',
        reactions: [{ emoji: '🎉', userId: ada.id }],
        buttons: [[{ kind: 'callback' }, { kind: 'url' }]],
      },
      { attachments: [{ kind: 'location', latitude: 1, longitude: 2 }] },
    ])
    expect((await call('getUpdates')).result.map((update: object) => Object.keys(update)[1])).toEqual([
      'message',
      'edited_message',
      'callback_query',
      'message',
    ])
  })

  it.each(['before', 'after'])('takes a file with its fields %s it, and gives it back', async (order) => {
    const ada = await createAda()
    const form = new FormData()
    const file = new Blob([TINY_PNG], { type: 'image/png' })
    if (order === 'after') form.set('file', file, 'dot.png')
    form.set('userId', String(ada.id))
    form.set('kind', 'photo')
    form.set('caption', 'see #this')
    if (order === 'before') form.set('file', file, 'dot.png')
    const response = await fetch(`${root}/chats/${ada.id}/files`, { method: 'POST', body: form })
    const message = (await response.json()) as TranscriptMessage
    expect(message).toMatchObject({
      text: 'see #this',
      entities: [{ type: 'hashtag' }],
      attachments: [{ kind: 'photo', width: 3, height: 2, mimeType: 'image/png', fileName: 'dot.png' }],
    })
    const bytes = await fetch(`${root}/files/${message.attachments[0]?.fileId}`)
    expect(bytes.headers.get('content-type')).toBe('image/png')
    expect(bytes.headers.get('content-disposition')).toBe('inline')
    expect(bytes.headers.get('x-content-type-options')).toBe('nosniff')
    expect(Buffer.from(await bytes.arrayBuffer()).equals(TINY_PNG)).toBe(true)
  })

  it('never lets a browser run what was sent as a file', async () => {
    const ada = await createAda()
    for (const [fileName, mimeType] of [
      ['x.html', 'text/html'],
      ["a'b\r\n.svg", 'image/svg+xml'],
    ] as const) {
      const { attachments } = emulator.driver.sendFile(ada.id, {
        userId: ada.id,
        kind: 'document',
        bytes: Buffer.from('<script>'),
        fileName,
        mimeType,
      })
      const response = await fetch(`${root}/files/${attachments[0]?.fileId}`)
      expect(response.headers.get('content-type')).toBe('application/octet-stream')
      expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''[\w.%-]+$/)
    }
  })

  it('streams events with growing numbers until the server closes', async () => {
    const events: { id: number; event: DriverEvent }[] = []
    const read = await openEvents(events)
    const reading = read()
    const ada = await createAda()
    await send('POST', `/chats/${ada.id}/messages`, { userId: ada.id, text: 'line\nbreak' })
    await until(() => events.length === 3)
    expect(events.map(({ event }) => event.type)).toEqual(['user-created', 'chat-created', 'message-added'])
    expect(events[2]?.event).toMatchObject({ sequence: events[2]?.id, message: { text: 'line\nbreak' } })
    expect(events[2]?.id).toBe((events[1]?.id ?? 0) + 1)
    await app.close()
    await reading
  })

  it.each([
    ['GET', '/chats/5/messages', undefined, 404, 'chat-not-found'],
    ['POST', '/chats/5/messages', { userId: 1, text: 'x' }, 404, 'chat-not-found'],
    ['POST', '/chats/5/messages', { userId: 1 }, 400, 'body-invalid'],
    ['POST', '/chats/x/messages', { userId: 1, text: 'x' }, 400, 'body-invalid'],
    ['POST', '/users', { firstName: ' ' }, 400, 'name-invalid'],
    ['POST', '/users', { firstName: 'A', username: '@a' }, 400, 'username-invalid'],
    ['POST', '/users', ['Ada'], 400, 'body-invalid'],
    ['POST', '/chats', { type: 'private', title: 'x', memberIds: [] }, 400, 'body-invalid'],
    ['POST', '/chats', { type: 'group', title: 'x', memberIds: [5] }, 404, 'user-not-found'],
    ['GET', '/files/nonsense', undefined, 404, 'file-not-found'],
    ['POST', '/chats/5/files', { userId: 1 }, 400, 'body-invalid'],
  ])('answers %s %s %j with an error', async (method, path, body, status, code) => {
    expect(await send(method, path, body)).toEqual({
      status,
      body: { error: { code, message: expect.any(String) } },
    })
  })

  it('answers broken JSON and an oversized text with an error', async () => {
    const ada = await createAda()
    const response = await fetch(`${root}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    })
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: { code: 'request-invalid', message: expect.any(String) } },
    ])
    const long = await send('POST', `/chats/${ada.id}/messages`, { userId: ada.id, text: 'x'.repeat(4097) })
    expect(long).toMatchObject({ status: 400, body: { error: { code: 'text-too-long' } } })
  })

  it('leaves the rest of the application as it was', async () => {
    const outside = root.replace('/api/playground', '')
    const form = new FormData()
    form.set('a', 'b')
    expect((await fetch(`${outside}/outside`, { method: 'POST', body: form })).status).toBe(415)
    expect(await (await fetch(`${outside}/broken`)).json()).toMatchObject({
      statusCode: 500,
      message: 'outside',
    })
  })
})

describe('any content of a message', () => {
  it('reaches the bot and the transcript, also as an answer', async () => {
    const ada = await createAda()
    const first = await send<TranscriptMessage>('POST', `/chats/${ada.id}/content`, {
      userId: ada.id,
      content: {
        dice: { emoji: '🎲', value: 5 },
        forward_origin: { type: 'hidden_user', date: 1, sender_user_name: 'Eve' },
      },
    })
    expect(first).toMatchObject({ status: 200, body: { text: '🎲 5' } })
    await send('POST', `/chats/${ada.id}/content`, {
      userId: ada.id,
      content: { text: 'why?', quote: { text: 'this', position: 0 } },
      replyToMessageId: first.body.id,
    })
    const { result } = (await botApiClient(emulator)('getUpdates')) as unknown as { result: object[] }
    expect(result).toMatchObject([
      { message: { dice: { value: 5 }, forward_origin: { sender_user_name: 'Eve' } } },
      { message: { quote: { text: 'this' }, reply_to_message: { dice: { value: 5 } } } },
    ])
  })

  it.each([
    [{}, 'needs some content'],
    [{ hologram: {} }, '"hologram" is no field of Message'],
    [{ chat: { id: 1 } }, '"chat" is set by the emulator'],
    [{ dice: { emoji: '🎲' } }, 'value'],
  ])('%j is refused', async (content, words) => {
    const ada = await createAda()
    const { status, body } = await send('POST', `/chats/${ada.id}/content`, { userId: ada.id, content })
    expect([status, JSON.stringify(body)]).toEqual([
      400,
      expect.stringContaining(JSON.stringify(words).slice(1, -1)),
    ])
  })
})
