import { setTimeout as delay } from 'node:timers/promises'
import type { IncomingUpdate } from '@pluggram/sdk/runtime'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTelegramApi } from '../api/api.ts'
import { createPollingSource } from './polling-source.ts'
import type { PollingSourceOptions } from './polling-source.ts'
import type { SourceStatus, UpdateSource } from './source.ts'
import { callsOf, createRecordingLogger, QUICK, startEmulatedTelegram } from '../test-support.ts'
import type { EmulatedTelegram } from '../test-support.ts'

let telegram: EmulatedTelegram
let received: IncomingUpdate[]
/** The status at the start of every poll, so that no short-lived state is missed. */
let statuses: SourceStatus[]
const sources: UpdateSource[] = []

beforeEach(async () => {
  telegram = await startEmulatedTelegram()
  received = []
  statuses = []
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
    onUpdates: async (updates) => {
      received.push(...updates)
    },
    ...options,
  })
  const { api = telegram.api } = options
  api.config.use((call, method, payload, signal) => {
    if (method === 'getUpdates') statuses.push(source.status())
    return call(method, payload, signal)
  })
  sources.push(source)
  source.start()
  return source
}

const say = (text: string): void => {
  telegram.emulator.driver.sendMessage(telegram.chat.id, { userId: telegram.ada.id, text })
}
const receivedTexts = (): string[] => received.map((update) => update.message.text)
const state = (source: UpdateSource): string => source.status().state
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 30_000, interval: 10 })
const untilPolledIn = (status: Partial<SourceStatus>): Promise<void> =>
  until(() => expect(statuses).toContainEqual(expect.objectContaining(status)))

describe('updates', () => {
  it('arrive in order, and the bot is known before the first', async () => {
    let bot: unknown
    const source = startSource({
      onIdentified: () => {
        expect(received).toEqual([])
        bot = source.status().bot
      },
    })
    for (let index = 0; index < 250; index++) say(`message ${index}`)
    await until(() => expect(received.length).toBe(250))
    expect(receivedTexts()).toEqual(Array.from({ length: 250 }, (_, index) => `message ${index}`))
    expect(bot).toEqual({ id: telegram.emulator.bot.id, username: 'pluggram_bot', firstName: 'Emulated Bot' })
  })

  it('come again until they were taken over', async () => {
    say('one')
    say('two')
    let failures = 2
    startSource({
      onUpdates: async (updates) => {
        if (failures-- > 0) throw new Error('the disk is full')
        received.push(...updates)
      },
    })
    await until(() => expect(receivedTexts()).toEqual(['one', 'two']))
    expect(telegram.logger.lines.filter(({ level }) => level === 'error').length).toBe(2)
  })

  it('are not asked for while the last ones are being taken over', async () => {
    const gate = Promise.withResolvers<void>()
    startSource({
      onUpdates: async (updates) => {
        received.push(...updates)
        await gate.promise
      },
    })
    say('one')
    await until(() => expect(received.length).toBe(1))
    say('two')
    await delay(100)
    expect(received.length).toBe(1)
    gate.resolve()
    await until(() => expect(receivedTexts()).toEqual(['one', 'two']))
  })

  it('of kinds that nobody answers are passed over without noise', async () => {
    startSource()
    telegram.emulator.control.sendRawUpdate({ something_new: { id: 1 } })
    say('after')
    await until(() => expect(receivedTexts()).toEqual(['after']))
    expect(telegram.logger.lines).toEqual([])
  })

  it('still arrive after the ids jumped', async () => {
    startSource()
    say('one')
    await until(() => expect(received.length).toBe(1))
    telegram.emulator.control.jumpUpdateIds(1_000_000)
    say('two')
    await until(() => expect(receivedTexts()).toEqual(['one', 'two']))
  })

  it('waiting at Telegram survive the removal of a webhook', async () => {
    await telegram.api.setWebhook('http://127.0.0.1:9/webhook')
    say('waiting')
    startSource()
    await until(() => expect(receivedTexts()).toEqual(['waiting']))
    expect(callsOf(telegram.emulator, 'deleteWebhook')).toEqual([{}])
  })
})

describe('stop', () => {
  it('ends the held poll at once', async () => {
    const source = startSource()
    await until(() => expect(state(source)).toBe('polling'))
    const started = performance.now()
    await source.stop()
    // otherwise Telegram would have held it for thirty seconds
    expect(performance.now() - started).toBeLessThan(20_000)
    expect(state(source)).toBe('stopped')
  })

  it('waits for the updates that are being taken over and confirms them', async () => {
    const begun = Promise.withResolvers<void>()
    const source = startSource({
      onUpdates: async (updates) => {
        begun.resolve()
        await delay(200)
        received.push(...updates)
      },
    })
    say('last')
    await begun.promise
    await source.stop()
    expect(receivedTexts()).toEqual(['last'])
    expect(await telegram.api.getUpdates({ timeout: 0 })).toEqual([])
  })

  it('works before anything was reached, and without a start', async () => {
    const nowhere = createTelegramApi({ token: '1:abc', apiRoot: 'http://127.0.0.1:9' })
    const source = startSource({ api: nowhere })
    await until(() => expect(state(source)).toBe('unreachable'))
    await source.stop()
    const options = { api: nowhere, logger: telegram.logger, onUpdates: () => Promise.resolve() }
    await createPollingSource(options).stop()
  })
})

describe('status', () => {
  it('is polling while the first poll is held', async () => {
    const source = startSource()
    expect(source.status()).toMatchObject({ state: 'starting', isReady: false })
    await until(() => expect(source.status()).toMatchObject({ state: 'polling', isReady: true }))
    expect(callsOf(telegram.emulator, 'getUpdates').length).toBeLessThanOrEqual(1)
  })

  it('tells of another program with this token in one line, and recovers', async () => {
    const source = startSource()
    await until(() => expect(state(source)).toBe('polling'))
    telegram.emulator.faults.add({ kind: 'conflict', method: 'getUpdates', times: 4 })
    say('meanwhile')
    await untilPolledIn({ state: 'conflict', isReady: false })
    say('later')
    await until(() => expect(state(source)).toBe('polling'))
    await until(() => expect(receivedTexts()).toEqual(['meanwhile', 'later']))
    const errors = telegram.logger.lines.filter(({ level }) => level === 'error')
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('another program')])
  })

  it('removes a webhook that another program set meanwhile', async () => {
    const source = startSource()
    await until(() => expect(state(source)).toBe('polling'))
    await telegram.api.setWebhook('http://127.0.0.1:9/webhook')
    say('still here')
    await until(() => expect(receivedTexts()).toEqual(['still here']))
  })

  it('tells that the token is unknown and keeps trying', async () => {
    const api = createTelegramApi({
      token: `${telegram.emulator.bot.id}:wrong`,
      apiRoot: telegram.emulator.url,
    })
    const source = startSource({ api })
    await until(() => expect(state(source)).toBe('unauthorized'))
    expect(source.status().lastError).toContain('TELEGRAM_BOT_TOKEN')
    expect(JSON.stringify(telegram.logger.lines)).not.toContain('wrong')
  })

  it('is unreachable while Telegram fails, and polling again afterwards', async () => {
    const source = startSource()
    await until(() => expect(state(source)).toBe('polling'))
    telegram.emulator.faults.add({
      kind: 'server-error',
      status: 502,
      html: true,
      method: 'getUpdates',
      times: 3,
    })
    say('one')
    await untilPolledIn({ state: 'unreachable', isReady: false })
    await until(() => expect(receivedTexts()).toEqual(['one']))
    await until(() => expect(source.status()).toMatchObject({ state: 'polling', isReady: true }))
    expect(source.status().lastError).toBeUndefined()
  })

  it('survives answers that are no lists of updates', async () => {
    startSource()
    telegram.emulator.faults.add({
      kind: 'garbage',
      method: 'getUpdates',
      times: 2,
      body: '{"ok":true,"result":{"a":1}}',
    })
    telegram.emulator.faults.add({
      kind: 'garbage',
      method: 'getUpdates',
      times: 2,
      body: '{"ok":true,"result":[null,{}]}',
    })
    say('one')
    await until(() => expect(receivedTexts()).toEqual(['one']))
  })

  it('does not hammer a server that holds no polls', async () => {
    const empty = { kind: 'garbage', method: 'getUpdates', body: '{"ok":true,"result":[]}' } as const
    telegram.emulator.faults.add({ ...empty, times: 1000 })
    const started = performance.now()
    startSource()
    await delay(600)
    // ten a second, plus the one in progress
    const allowed = (performance.now() - started) / 100 + 1
    expect(callsOf(telegram.emulator, 'getUpdates').length).toBeLessThanOrEqual(allowed)
    telegram.emulator.faults.clear()
    say('one')
    await until(() => expect(receivedTexts()).toEqual(['one']))
  })

  it('gives up a poll that hangs, and asks again', async () => {
    const api = createTelegramApi({
      token: telegram.emulator.token,
      apiRoot: telegram.emulator.url,
      timeoutSeconds: 0.3,
    })
    telegram.emulator.faults.add({ kind: 'delay', ms: 60_000, method: 'getUpdates' })
    startSource({ api, pollTimeoutSeconds: 1 })
    await untilPolledIn({
      state: 'unreachable',
      isReady: false,
      lastError: 'Telegram did not answer getUpdates in time',
    })
    say('after the hang')
    await until(() => expect(receivedTexts()).toEqual(['after the hang']))
  })

  it('obeys retry_after of a 429', async () => {
    telegram.emulator.faults.add({ kind: 'too-many-requests', retryAfter: 1, method: 'getUpdates' })
    const started = performance.now()
    startSource()
    say('one')
    await until(() => expect(receivedTexts()).toEqual(['one']))
    expect(performance.now() - started).toBeGreaterThanOrEqual(1000)
  })

  it('logs nothing that contains the token', async () => {
    const logger = createRecordingLogger()
    const source = startSource({ logger })
    telegram.emulator.faults.add({ kind: 'drop-request', method: 'getUpdates', times: 2 })
    await until(() => expect(logger.lines.some(({ level }) => level === 'warn')).toBe(true))
    expect(JSON.stringify([logger.lines, source.status()])).not.toContain(telegram.emulator.token)
  })
})

describe('an unexpected error', () => {
  it('while the source sets itself up does not end it', async () => {
    let failures = 1
    startSource({
      onIdentified: () => {
        if (failures-- > 0) throw new Error('no room for a menu')
      },
    })
    say('hello')
    await until(() => expect(receivedTexts()).toEqual(['hello']))
    expect(telegram.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
  })

  it('in one update skips that update only', async () => {
    let isFirst = true
    telegram.api.config.use(async (call, method, payload, signal) => {
      const answer = await call(method, payload, signal)
      if (method !== 'getUpdates' || !answer.ok || !Array.isArray(answer.result) || !isFirst) return answer
      const [next] = answer.result as { update_id: number }[]
      if (!next) return answer
      isFirst = false
      const moved = {
        update_id: next.update_id - 1,
        message: { chat: { id: -5 }, migrate_to_chat_id: -1005 },
      }
      return { ...answer, result: [moved, ...answer.result] } as typeof answer
    })
    startSource({
      onChatMigrated: () => {
        throw new Error('cannot move the chat')
      },
    })
    say('behind it')
    await until(() => expect(receivedTexts()).toEqual(['behind it']))
    expect(isFirst).toBe(false)
  })
})
