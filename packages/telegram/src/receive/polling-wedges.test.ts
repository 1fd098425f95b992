import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTelegramApi } from '../api/api.ts'
import { createPollingSource } from './polling-source.ts'
import type { PollingSourceOptions } from './polling-source.ts'
import type { UpdateSource } from './source.ts'
import { callsOf, QUICK, startEmulatedTelegram } from '../test-support.ts'
import type { EmulatedTelegram } from '../test-support.ts'

let telegram: EmulatedTelegram
let texts: string[]
const sources: UpdateSource[] = []

beforeEach(async () => {
  telegram = await startEmulatedTelegram()
  texts = []
})

afterEach(async () => {
  await Promise.all(sources.splice(0).map((source) => source.stop()))
  await telegram.close()
})

function startSource(options: Partial<PollingSourceOptions> = {}): UpdateSource {
  const source = createPollingSource({
    api: telegram.api,
    logger: telegram.logger,
    backoff: QUICK,
    slowBackoff: QUICK,
    onUpdates: async (updates) => void texts.push(...updates.map(({ message }) => message.text)),
    ...options,
  })
  sources.push(source)
  source.start()
  return source
}

const say = (text: string): void => {
  telegram.emulator.driver.sendMessage(telegram.chat.id, { userId: telegram.ada.id, text })
}
const state = (source: UpdateSource): string => source.status().state
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000, interval: 10 })

describe('a poll that brings nothing', () => {
  it('is told from updates that wait: they are asked for from the first one, and counted once they came', async () => {
    telegram.emulator.faults.add({ kind: 'no-updates', method: 'getUpdates', times: 1_000 })
    const source = startSource({ backlogMs: [100, 100] })
    await until(() => expect(state(source)).toBe('polling'))
    say('waiting')
    await until(() => expect(source.status()).toMatchObject({ state: 'withheld', isReady: false }))
    expect(source.status()).toMatchObject({
      waitingAtTelegram: 1,
      lastError: expect.stringContaining('1 updates wait'),
    })
    await until(() =>
      expect(telegram.logger.lines.map(({ message }) => message)).toContainEqual(
        expect.stringContaining('none arrive'),
      ),
    )
    telegram.emulator.faults.clear()
    await until(() => expect(texts).toEqual(['waiting']))
    await until(() => expect(source.status()).toMatchObject({ state: 'polling', waitingAtTelegram: 0 }))
  })

  it('is no trouble while the answer only waits to be asked for', async () => {
    const gate = Promise.withResolvers<void>()
    const source = startSource({ backlogMs: [20, 20], onUpdates: () => gate.promise })
    say('one')
    await until(() => expect(source.status().waitingAtTelegram).toBe(1))
    const looks = (): number => callsOf(telegram.emulator, 'getWebhookInfo').length
    const before = looks()
    await until(() => expect(looks()).toBeGreaterThan(before + 5))
    expect(state(source)).toBe('polling')
    gate.resolve()
  })
})

describe('a server that', () => {
  const quickly = { pollTimeoutSeconds: 1, lateSeconds: 1 }

  it('accepts polls and never answers is told from one that holds them, and asked on new connections until it answers', async () => {
    const source = startSource(quickly)
    await until(() => expect(callsOf(telegram.emulator, 'getUpdates').length).toBeGreaterThan(1))
    telegram.emulator.faults.add({ kind: 'hang', method: 'getUpdates', times: 1_000 })
    expect(telegram.logger.lines).toEqual([])
    await until(() => expect(state(source)).toBe('unreachable'))
    telegram.emulator.faults.clear()
    say('one')
    await until(() => expect(texts).toEqual(['one']))
    await until(() => expect(state(source)).toBe('polling'))
  })

  it('never answers polls is asked on a new connection each time', async () => {
    const connections: unknown[] = []
    const server = createServer((request, response) => {
      request.resume()
      if (request.url?.endsWith('/getUpdates')) return void connections.push(request.socket)
      const me = { id: 1, is_bot: true, first_name: 'A', username: 'a_bot' }
      response.end(JSON.stringify({ ok: true, result: request.url?.endsWith('/getMe') ? me : true }))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const api = createTelegramApi({ token: '1:a', apiRoot: `http://127.0.0.1:${port}` })
    const source = startSource({ ...quickly, api })
    await until(() => expect(connections.length).toBeGreaterThan(2))
    expect(new Set(connections).size).toBe(connections.length)
    await source.stop()
    server.closeAllConnections()
    server.close()
  })

  it('answers late is used as it is, and called slow', async () => {
    const source = startSource(quickly)
    await until(() => expect(state(source)).toBe('polling'))
    telegram.emulator.faults.add({ kind: 'delay', ms: 2_500, method: 'getUpdates', times: 1_000 })
    await until(() => expect(state(source)).toBe('unreachable'))
    say('one')
    await until(() => expect(texts).toEqual(['one']))
    await until(() => expect(state(source)).toBe('slow'))
    expect(source.status()).toMatchObject({ isReady: false, lastError: expect.stringMatching(/took [23] s/) })
    say('two')
    await until(() => expect(texts).toEqual(['one', 'two']))
    telegram.emulator.faults.clear()
    await until(() => expect(state(source)).toBe('polling'))
  })
})
