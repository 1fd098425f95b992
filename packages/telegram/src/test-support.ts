import { setTimeout as delay } from 'node:timers/promises'
import { createBotApiEmulator } from '@pluggram/bot-api-emulator'
import type { BotApiEmulator, EmulatedUser } from '@pluggram/bot-api-emulator'
import type { Chat, Logger, Reply, SentMessage } from '@pluggram/sdk'
import type { Messenger } from '@pluggram/sdk/runtime'
import { vi } from 'vitest'
import { createTelegramApi } from './api.ts'
import type { TelegramApi } from './api.ts'
import { refusalError } from './errors.ts'

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

/** An emulated Telegram with a client of it and one person. */
export interface EmulatedTelegram {
  readonly emulator: BotApiEmulator
  readonly api: TelegramApi
  readonly logger: RecordingLogger
  readonly ada: EmulatedUser
  readonly chat: Chat
  close(): Promise<void>
}

export async function startEmulatedTelegram(timeoutSeconds = 5): Promise<EmulatedTelegram> {
  const emulator = await createBotApiEmulator({ bot: { username: 'pluggram_bot' } })
  const closing = new AbortController()
  const api = createTelegramApi({
    token: emulator.token,
    apiRoot: emulator.url,
    signal: closing.signal,
    timeoutSeconds,
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

/** Text that is written chunk by chunk; its last chunk comes only after `isSeen`. */
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

/** Sends a whole reply the way the pipeline does: settle, plan, deliver part by part. */
export async function sendReply(
  messenger: Messenger,
  chat: Chat,
  reply: Reply,
  signal: AbortSignal,
): Promise<readonly SentMessage[]> {
  const settled = await messenger.settle(chat, reply, signal)
  const sent: SentMessage[] = []
  const isEmpty = settled.failure !== undefined && settled.reply.text === undefined
  for (const part of isEmpty ? [] : messenger.plan(chat, settled)) {
    sent.push(await messenger.deliver(part, settled.failure ? anySignal() : signal))
  }
  if (settled.failure) throw settled.failure.error
  return sent
}

/** Refuses some calls before they are made, on both ways of the API. */
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
