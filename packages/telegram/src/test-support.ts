import { setTimeout as delay } from 'node:timers/promises'
import { createBotApiEmulator } from '@pluggram/bot-api-emulator'
import type { BotApiEmulator, EmulatedUser } from '@pluggram/bot-api-emulator'
import type { Chat, Logger, Reply, SentMessage } from '@pluggram/sdk'
import type { ChatActions, Format } from '@pluggram/sdk/runtime'
import { vi } from 'vitest'
import { createTelegramApi } from './api/api.ts'
import type { TelegramApi, TelegramApiOptions } from './api/api.ts'
import { createTelegramBot } from './send/bot.ts'
import type { TelegramBot, TelegramBotOptions } from './send/bot.ts'
import { refusalError } from './api/errors.ts'
import { createFormat } from './send/format.ts'
import { createRichMessages } from './text/rich-messages.ts'

interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields?: Readonly<Record<string, unknown>> | undefined
}

export interface RecordingLogger extends Logger {
  readonly lines: readonly LogLine[]
}

export function createRecordingLogger(): RecordingLogger {
  const lines: LogLine[] = []
  const record =
    (level: LogLine['level']) =>
    (message: string, fields?: LogLine['fields']): void => {
      lines.push({ level, message, fields })
    }
  return { lines, debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') }
}

/** An emulated Telegram with an API client and one person. */
export interface EmulatedTelegram {
  readonly emulator: BotApiEmulator
  readonly api: TelegramApi
  readonly logger: RecordingLogger
  readonly ada: EmulatedUser
  readonly chat: Chat
  close(): Promise<void>
}

export async function startEmulatedTelegram(
  timeoutSeconds = 5,
  hide?: TelegramApiOptions['hide'],
): Promise<EmulatedTelegram> {
  const emulator = await createBotApiEmulator({ bot: { username: 'pluggram_bot' } })
  const closing = new AbortController()
  const api = createTelegramApi({
    token: emulator.token,
    apiRoot: emulator.url,
    signal: closing.signal,
    timeoutSeconds,
    ...(hide && { hide }),
  })
  const ada = emulator.driver.createUser({ firstName: 'Ada' })
  return {
    emulator,
    api,
    logger: createRecordingLogger(),
    ada,
    chat: { id: ada.id, type: 'private' },
    async close() {
      closing.abort()
      await emulator.close()
    },
  }
}

/** Delays short enough for tests. */
export const QUICK = { minimum: 10, maximum: 50 }

export const anySignal = (): AbortSignal => AbortSignal.timeout(30_000)

/** Streams text chunk by chunk; the last chunk comes only after `isSeen`. */
export async function* writeSlowly(
  chunks: readonly string[],
  pauseMilliseconds: number,
  isSeen: () => boolean = () => true,
): AsyncGenerator<string> {
  for (const [index, chunk] of chunks.entries()) {
    await delay(pauseMilliseconds)
    if (index === chunks.length - 1) await vi.waitUntil(isSeen, { timeout: 10_000, interval: 10 })
    yield chunk
  }
}

/** The parameters of every call of `method` so far. */
export function callsOf(
  emulator: BotApiEmulator,
  method: string,
): readonly Readonly<Record<string, unknown>>[] {
  return emulator
    .calls()
    .filter((call) => call.method === method)
    .map((call) => call.params)
}

/** A bot with its format. */
export interface TestBot extends TelegramBot {
  readonly format: Format
}

export function createTestBot({
  richMessages = 'off',
  ...options
}: Omit<TelegramBotOptions, 'rich'> & { readonly richMessages?: 'auto' | 'off' }): TestBot {
  const { logger, now = () => performance.now() } = options
  const rich = createRichMessages({ mode: richMessages, logger, now })
  return { ...createTelegramBot({ ...options, rich }), format: createFormat({ ...options, rich }) }
}

/**
 * Sends a whole reply as the pipeline does: reads its text, formats it, sends message by message.
 */
export async function sendReply(
  bot: TestBot,
  chat: Chat,
  reply: Reply,
  signal: AbortSignal,
): Promise<readonly SentMessage[]> {
  const written = isStreamed(reply) ? await bot.writeDraft(chat, reply, signal) : undefined
  const failure = written?.failure
  const sent: SentMessage[] = []
  for (const message of failure && written.text === '' ? [] : bot.format(chat, reply, written)) {
    sent.push(await bot.send(message, failure ? anySignal() : signal))
  }
  if (failure) throw failure.error
  return sent
}

function isStreamed(reply: Reply): reply is Parameters<ChatActions['writeDraft']>[1] {
  return typeof reply.text === 'object'
}

/** Refuses some calls before they are made, whether by grammY's methods or by `call`. */
export function refuseCalls(
  api: TelegramApi,
  isRefused: (method: string, payload: object) => boolean,
  refusal: { ok: false; error_code: number; description: string },
): TelegramApi {
  api.config.use((previous, method, payload, signal) =>
    isRefused(method, payload) ? Promise.resolve(refusal) : previous(method, payload, signal),
  )
  const call: TelegramApi['call'] = (method, payload, signal) =>
    isRefused(method, payload)
      ? Promise.reject(refusalError(method, refusal, api.token))
      : api.call(method, payload, signal)
  return Object.assign(Object.create(api) as TelegramApi, { call })
}
