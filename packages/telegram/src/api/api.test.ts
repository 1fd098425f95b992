import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { isPluggramError } from '@pluggram/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { InputFile } from 'grammy'
import { createTelegramApi } from './api.ts'
import { downloadFile, DOWNLOAD_LIMIT } from './download.ts'
import { identifyBot } from '../receive/identify-bot.ts'

const TOKEN = '123456:very-secret-token'
let server: Server | undefined

afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)))
  server = undefined
})

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener)
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => expect.fail('the call should have failed'),
    (error: unknown) => error,
  )
}

const everything = (value: unknown): string =>
  inspect(value, { depth: 20, showHidden: true }) + String((value as Error).stack)

describe('createTelegramApi', () => {
  const troubles: Record<string, RequestListener> = {
    'a broken connection': (request) => request.socket.destroy(),
    'a page instead of JSON': (_request, response) => response.writeHead(502).end('<html>'),
    'JSON that is no answer': (_request, response) => response.end('[]'),
    'a refusal that repeats the address': (request, response) =>
      response
        .writeHead(404)
        .end(JSON.stringify({ ok: false, error_code: 404, description: `no ${request.url}` })),
    'a redirection': (request, response) => response.writeHead(302, { location: `/x${request.url}` }).end(),
    'a refused token': (_request, response) =>
      response
        .writeHead(401)
        .end(JSON.stringify({ ok: false, error_code: 401, description: 'Unauthorized' })),
  }

  it.each(Object.keys(troubles))('keeps the token out of the error after %s', async (name) => {
    const api = createTelegramApi({ token: TOKEN, apiRoot: await serve(troubles[name]!) })
    const error = await failureOf(api.sendMessage(1, 'hi'))
    expect(isPluggramError(error)).toBe(true)
    expect(everything(error)).not.toContain('very-secret-token')
    const identifying = await failureOf(identifyBot(api))
    expect(everything(identifying)).not.toContain('very-secret-token')
    expect(inspect(api)).not.toContain('very-secret-token')
  })

  it('says what to check when the token is refused', async () => {
    const apiRoot = await serve(troubles['a refused token']!)
    const error = await failureOf(identifyBot(createTelegramApi({ token: TOKEN, apiRoot })))
    expect(error).toMatchObject({ code: 'startup-failed', isRetryable: false })
    expect(String(error)).toMatch(/TELEGRAM_BOT_TOKEN.*@BotFather/)
  })

  it('says that an unreachable Telegram may be reached later', async () => {
    const api = createTelegramApi({ token: TOKEN, apiRoot: 'http://127.0.0.1:9/' })
    expect(await failureOf(identifyBot(api))).toMatchObject({ code: 'startup-failed', isRetryable: true })
  })

  it('gives up a call that is not answered in time', async () => {
    const apiRoot = await serve(() => undefined)
    const api = createTelegramApi({ token: TOKEN, apiRoot, timeoutSeconds: 0.2 })
    expect(await failureOf(api.getMe())).toMatchObject({ failure: 'timeout', isRetryable: true })
  })

  it('ends its calls when its signal is aborted', async () => {
    const closing = new AbortController()
    const api = createTelegramApi({
      token: TOKEN,
      apiRoot: await serve(() => undefined),
      signal: closing.signal,
    })
    const failure = failureOf(api.getMe())
    closing.abort()
    expect(await failure).toMatchObject({ failure: 'cancelled', isRetryable: false })
  })

  it.each(['a message', 'an upload'])(
    'makes a refused call again when the token was renewed meanwhile: %s',
    async (kind) => {
      const paths: string[] = []
      const apiRoot = await serve((request, response) => {
        paths.push(request.url ?? '')
        request.resume().on('end', () => {
          if (paths.length === 1) api.renewToken('123456:the-next-token')
          const answer =
            paths.length === 1
              ? { ok: false, error_code: 401, description: 'Unauthorized' }
              : { ok: true, result: { message_id: 1 } }
          response.writeHead(answer.ok ? 200 : 401).end(JSON.stringify(answer))
        })
      })
      const api = createTelegramApi({ token: TOKEN, apiRoot })
      const bytes = new Uint8Array(Buffer.from('bytes'))
      const call =
        kind === 'a message' ? api.sendMessage(1, 'hi') : api.sendPhoto(1, new InputFile(bytes, 'a.png'))
      expect(await call).toEqual({ message_id: 1 })
      expect(paths.map((path) => path.split('/')[1])).toEqual([`bot${TOKEN}`, 'bot123456:the-next-token'])
      expect(inspect(api, { depth: 20 })).not.toContain('the-next-token')
    },
  )

  it('refuses tokens and addresses that cannot be one, without showing them', () => {
    expect(() => createTelegramApi({ token: 'a/../b' })).toThrow('TELEGRAM_BOT_TOKEN')
    expect(() => createTelegramApi({ token: TOKEN, apiRoot: 'ftp://x' })).toThrow('TELEGRAM_API_ROOT')
  })
})

describe('downloadFile', () => {
  const answering =
    (path: string, size: number | undefined, file: RequestListener): RequestListener =>
    (request, response) => {
      if (request.url?.endsWith('/getFile')) {
        const result = {
          file_id: 'f',
          file_unique_id: 'u',
          file_path: path,
          ...(size !== undefined && { file_size: size }),
        }
        response.end(JSON.stringify({ ok: true, result }))
      } else file(request, response)
    }
  const endless: RequestListener = (_request, response) => {
    const chunk = Buffer.alloc(2 ** 20)
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  }

  it.each([
    ['announced as too large', answering('a.bin', DOWNLOAD_LIMIT + 1, endless), 'up to 20 MB'],
    ['larger than announced', answering('a.bin', 10, endless), 'up to 20 MB'],
    ['gone', answering('a.bin', 10, (_request, response) => response.writeHead(404).end()), 'no longer has'],
    ['outside the files', answering('../../etc/passwd', 10, endless), '--local'],
    ['on the server’s own disk', answering('/var/lib/x', 10, endless), '--local'],
    ['cut off', answering('a.bin', 10, (request) => request.socket.destroy()), 'cannot be reached'],
  ])('refuses a file that is %s, without showing the token', async (_name, listener, message) => {
    const api = createTelegramApi({ token: TOKEN, apiRoot: await serve(listener) })
    const error = await failureOf(downloadFile(api, 'f', AbortSignal.timeout(30_000)))
    expect(String(error)).toContain(message)
    expect(everything(error)).not.toContain('very-secret-token')
  })

  it('ends when its signal is aborted', async () => {
    const api = createTelegramApi({
      token: TOKEN,
      apiRoot: await serve(answering('a.bin', 10, () => undefined)),
    })
    const error = await failureOf(downloadFile(api, 'f', AbortSignal.timeout(100)))
    expect(error).toMatchObject({ failure: 'cancelled' })
  })
})
