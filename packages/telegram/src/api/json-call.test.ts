import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { createTelegramApi } from './api.ts'
import type { TelegramError } from './errors.ts'

const TOKEN = '123456:very-secret-token'
const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function serve(listener: RequestListener): Promise<{ root: string; server: Server }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { root: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

function apiAt(apiRoot: string, timeoutSeconds = 5): ReturnType<typeof createTelegramApi> {
  const closing = new AbortController()
  closers.push(() => closing.abort())
  return createTelegramApi({ token: TOKEN, apiRoot, timeoutSeconds, signal: closing.signal })
}

async function failureOf(promise: Promise<unknown>): Promise<TelegramError> {
  return (await promise.then(
    () => expect.fail('the call should have failed'),
    (error: unknown) => error,
  )) as TelegramError
}

const answer = (result: unknown): string => JSON.stringify({ ok: true, result })

describe('a call that fails', () => {
  it('had no effect when nothing listens', async () => {
    // no system gives this port away, unlike one that was just closed
    const error = await failureOf(apiAt('http://127.0.0.1:1').sendMessage(1, 'hi'))
    expect(error).toMatchObject({ isAmbiguous: false, isRetryable: true })
    expect(error.message).toContain('ECONNREFUSED')
  })

  it('had no effect when the name is not known', async () => {
    const error = await failureOf(apiAt('http://nowhere.invalid').sendMessage(1, 'hi'))
    expect(error).toMatchObject({ isAmbiguous: false, isRetryable: true })
  })

  it('may have had one when the connection breaks or the answer is none of the Bot API', async () => {
    const broken = await serve((request) => request.resume().on('end', () => request.socket.destroy()))
    expect(await failureOf(apiAt(broken.root).sendMessage(1, 'hi'))).toMatchObject({ isAmbiguous: true })
    const page = await serve((_request, response) => response.writeHead(502).end('<html>'))
    expect(await failureOf(apiAt(page.root).sendMessage(1, 'hi'))).toMatchObject({ isAmbiguous: true })
    const half = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"ok":')
      setTimeout(() => response.destroy(), 20)
    })
    expect(await failureOf(apiAt(half.root).sendMessage(1, 'hi'))).toMatchObject({ isAmbiguous: true })
  })

  it('may have had one when no answer came in time, or came byte by byte', async () => {
    const silent = await serve(() => undefined)
    expect(await failureOf(apiAt(silent.root, 0.2).sendMessage(1, 'hi'))).toMatchObject({
      failure: 'timeout',
      isAmbiguous: true,
    })
    const slow = await serve((_request, response) => {
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    })
    const started = performance.now()
    expect(await failureOf(apiAt(slow.root, 0.2).sendMessage(1, 'hi'))).toMatchObject({ failure: 'timeout' })
    expect(performance.now() - started).toBeLessThan(30_000)
  })

  it('is given up soon when its answer comes too slowly to be one, long before its limit', async () => {
    const dripping = await serve((_request, response) => {
      const timer = setInterval(() => response.write(' '), 200)
      response.on('close', () => clearInterval(timer))
    })
    const started = performance.now()
    const failure = await failureOf(apiAt(dripping.root, 60).sendMessage(1, 'hi'))
    expect(failure).toMatchObject({ failure: 'timeout', isAmbiguous: true })
    expect(performance.now() - started).toBeLessThan(30_000)
  })

  it('had no effect when Telegram refused it', async () => {
    const { root } = await serve((_request, response) =>
      response
        .writeHead(500)
        .end(JSON.stringify({ ok: false, error_code: 500, description: 'Internal Server Error' })),
    )
    expect(await failureOf(apiAt(root).sendMessage(1, 'hi'))).toMatchObject({
      isAmbiguous: false,
      isRetryable: true,
    })
  })

  it('never shows the token, whatever answers', async () => {
    const tcp = createTcpServer((socket) => socket.end('no HTTP at all\r\n\r\n'))
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
    closers.push(() => tcp.close())
    const error = await failureOf(
      apiAt(`http://127.0.0.1:${(tcp.address() as AddressInfo).port}`).sendMessage(1, 'hi'),
    )
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('very-secret-token')
  })

  it('is given up when the answer does not end', async () => {
    const { root } = await serve((_request, response) => {
      const chunk = Buffer.alloc(2 ** 20, 32)
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    })
    const error = await failureOf(apiAt(root, 15).getMe())
    expect(error.failure).toBe('unreachable')
  })
})

describe('a call', () => {
  it('reaches a server below a path, with the name and password of its address', async () => {
    const seen: { url: string | undefined; authorization: string | undefined }[] = []
    const { root } = await serve((request, response) => {
      seen.push({ url: request.url, authorization: request.headers.authorization })
      response.end(answer(true))
    })
    await apiAt(root.replace('//', '//ada:s%40cret@') + '/telegram/').deleteWebhook()
    expect(seen).toEqual([
      {
        url: `/telegram/bot${TOKEN}/deleteWebhook`,
        authorization: `Basic ${Buffer.from('ada:s@cret').toString('base64')}`,
      },
    ])
  })

  it('may take its time for a long answer as long as it moves', async () => {
    const text = 'x'.repeat(4_000)
    const { root } = await serve((_request, response) => {
      const body = answer({ message_id: 1, text })
      let sent = 0
      const timer = setInterval(() => {
        response.write(body.slice(sent, (sent += 200)))
        if (sent >= body.length) response.end()
      }, 200)
      response.on('close', () => clearInterval(timer))
    })
    expect(await apiAt(root, 15).sendMessage(1, 'hi')).toMatchObject({ text })
  })

  it('keeps connections for the next', async () => {
    const ports = new Set<number | undefined>()
    const { root } = await serve((request, response) => {
      ports.add(request.socket.remotePort)
      response.end(answer({ message_id: 1 }))
    })
    const api = apiAt(root)
    for (let index = 0; index < 10; index++) await api.sendMessage(1, 'hi')
    expect(ports.size).toBeLessThanOrEqual(2)
  })

  it('survives that the server closed the connection in between', async () => {
    const { root, server } = await serve((_request, response) => response.end(answer({ message_id: 1 })))
    const api = apiAt(root)
    await api.sendMessage(1, 'one')
    server.closeIdleConnections()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await api.sendMessage(1, 'two')).toMatchObject({ message_id: 1 })
  })

  it('is not made any more when it was cancelled while it waited for a connection', async () => {
    let requests = 0
    const { root } = await serve((_request, response) => {
      requests += 1
      response.end(answer(true))
    })
    const cancelled = apiAt(root).sendMessage(1, 'hi', {}, AbortSignal.abort() as never)
    expect(await failureOf(cancelled)).toMatchObject({ failure: 'cancelled', isAmbiguous: false })
    const giving = new AbortController()
    const waiting = apiAt(root).sendMessage(1, 'hi', {}, giving.signal as never)
    giving.abort()
    expect(await failureOf(waiting)).toMatchObject({ failure: 'cancelled', isAmbiguous: false })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(requests).toBe(0)
  })
})
