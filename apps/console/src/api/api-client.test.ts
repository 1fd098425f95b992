import { describe, expect, it } from 'vitest'
import { createApiClient, fileUrl } from './api-client.ts'

interface Call {
  readonly url: string
  readonly init: RequestInit
}

function fakeFetch(status: number, body: string): { fetch: typeof fetch; calls: Call[] } {
  const calls: Call[] = []
  return {
    calls,
    fetch: (url, init) => {
      calls.push({ url: String(url), init: init ?? {} })
      return Promise.resolve(new Response(status === 204 ? null : body, { status }))
    },
  }
}

const message = {
  id: 4,
  chatId: 7,
  senderId: 7,
  fromBot: false,
  date: 1,
  text: 'hi',
  entities: [],
  attachments: [],
  buttons: [],
  reactions: [],
}

describe('createApiClient', () => {
  it('sends JSON to the route of the act, on the same origin', async () => {
    const { fetch, calls } = fakeFetch(200, JSON.stringify(message))
    const sent = await createApiClient(fetch).sendText(7, { userId: 7, text: 'hi' })
    expect(sent).toEqual(message)
    expect(calls[0]?.url).toBe('/api/playground/chats/7/messages')
    expect(calls[0]?.init).toMatchObject({
      method: 'POST',
      credentials: 'same-origin',
      body: '{"userId":7,"text":"hi"}',
    })
  })

  it('sends no body and no content type with a read', async () => {
    const { fetch, calls } = fakeFetch(200, JSON.stringify({ messages: [message] }))
    expect(await createApiClient(fetch).messages(-100)).toEqual([message])
    expect(calls[0]?.init.body).toBeUndefined()
    expect(calls[0]?.init.headers).toEqual({ accept: 'application/json' })
  })

  it('accepts an answer without a body where none is due', async () => {
    const { fetch } = fakeFetch(204, '')
    await expect(createApiClient(fetch).react(7, 4, { userId: 7, emoji: '👍' })).resolves.toBeUndefined()
  })

  it("carries the assistant's own code and words", async () => {
    const { fetch } = fakeFetch(404, '{"error":{"code":"playground-off","message":"Open it there."}}')
    await expect(createApiClient(fetch).state()).rejects.toMatchObject({
      status: 404,
      code: 'playground-off',
      message: 'Open it there.',
    })
  })

  it('explains a refusal that is not JSON', async () => {
    const { fetch } = fakeFetch(502, '<html>Bad gateway</html>')
    await expect(createApiClient(fetch).state()).rejects.toMatchObject({ status: 502, code: 'http-502' })
  })

  it('reports a lost connection as status 0', async () => {
    const client = createApiClient(() => Promise.reject(new TypeError('fetch failed')))
    await expect(client.state()).rejects.toMatchObject({ status: 0, code: 'unreachable' })
  })

  it('refuses an answer of another shape', async () => {
    const { fetch } = fakeFetch(200, JSON.stringify({ ...message, entities: 'none' }))
    await expect(createApiClient(fetch).sendText(7, { userId: 7, text: 'hi' })).rejects.toMatchObject({
      code: 'unexpected-answer',
    })
  })
})

describe('fileUrl', () => {
  it('keeps a file id inside its path segment', () => {
    expect(fileUrl('../state?x=1')).toBe('/api/playground/files/..%2Fstate%3Fx%3D1')
  })
})
