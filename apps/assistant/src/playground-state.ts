import { readFileSync, renameSync } from 'node:fs'
import { replaceFileSync } from '@pluggram/base'
import type { BotApiEmulator, BotApiEmulatorOptions } from '@pluggram/bot-api-emulator'
import { errorMessage } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'

const SAVE_DELAY_MS = 1_000
/** Limit of the files in the playground. Beyond it, the oldest are dropped. */
const FILE_BYTES = 64 * 1024 * 1024

/** Starts the emulated Telegram with the saved chats, and saves them as they change. */
export async function startPlaygroundTelegram(
  file: string,
  options: BotApiEmulatorOptions,
  logger: Logger,
): Promise<BotApiEmulator> {
  const limited = { ...options, limits: { fileBytes: FILE_BYTES } }
  const emulator = await startWithSaved(file, limited, logger)
  let timer: NodeJS.Timeout | undefined
  const save = (): void => {
    timer = undefined
    try {
      replaceFileSync(file, emulator.saveState(), { mode: 0o600, makesFolder: true })
    } catch (error) {
      logger.warn('the playground could not be saved', { error: errorMessage(error) })
    }
  }
  const unsubscribe = emulator.driver.subscribe((event) => {
    if (event.type !== 'chat-action' && event.type !== 'draft-updated')
      timer ??= setTimeout(save, SAVE_DELAY_MS)
  })
  return {
    ...emulator,
    async close() {
      unsubscribe()
      clearTimeout(timer)
      save()
      await emulator.close()
    },
  }
}

async function startWithSaved(
  file: string,
  options: BotApiEmulatorOptions,
  logger: Logger,
): Promise<BotApiEmulator> {
  // not needed with a bot token, and large
  const { createBotApiEmulator } = await import('@pluggram/bot-api-emulator')
  const state = read(file)
  if (!state) return createBotApiEmulator(options)
  try {
    return await createBotApiEmulator({ ...options, state })
  } catch (error) {
    const aside = `${file}.unreadable`
    renameSync(file, aside)
    logger.warn(`the chats of the playground could not be read; they were moved to ${aside}`, {
      error: errorMessage(error),
    })
    return createBotApiEmulator(options)
  }
}

function read(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
