import type { Logger } from '@pluggram/sdk'
import type { TelegramError } from '../api/errors.ts'
import type { Way } from '../api/refusals.ts'
import { TEXTS } from '../texts.ts'
import type { BotApiCall } from './format.ts'
import { OTHER_WAYS } from './other-ways.ts'
import type { WayTools } from './other-ways.ts'

export interface MenderOptions {
  readonly logger: Logger
  readonly fetchFile: WayTools['fetchFile']
}

/** Finds what to send instead of a refused call; nothing when no way is left. */
export type Mender = (error: TelegramError, call: BotApiCall) => Promise<readonly BotApiCall[] | undefined>

const MISSING = TEXTS.fileLeftOut

/**
 * Creates the mender of one message. After each refusal it takes the next way of the refusal's row,
 * each once, so a message that Telegram keeps refusing comes to an end.
 */
export function createMender({ logger, fetchFile }: MenderOptions): Mender {
  const used = new WeakMap<BotApiCall, ReadonlySet<Way>>()
  return async (error, call) => {
    const { refusal } = error
    const before = used.get(call) ?? new Set()
    for (const way of refusal?.ways ?? []) {
      if (before.has(way)) continue
      const others = await OTHER_WAYS[way](call, error, { fetchFile, notice: refusal?.notice ?? MISSING })
      if (!others) continue
      for (const other of others) used.set(other, new Set([...before, way]))
      logger.warn('Telegram refused a message; sending it in another way', {
        way,
        description: error.description,
      })
      return others
    }
    return undefined
  }
}
