import { wait } from '@pluggram/base'
import type { BotApiCaller } from '@pluggram/sdk/runtime'
import type { Api } from 'grammy'
import { toGrammySignal } from '../api/api.ts'
import type { BlockedChats, SendGate } from './send-gate.ts'
import { callPersistently, gateOf } from './call-persistently.ts'
import type { CallGate, Persistence } from './call-persistently.ts'
import { TelegramError } from '../api/errors.ts'

export interface MethodCallerOptions extends Persistence {
  readonly api: Api
  readonly gate: SendGate
  readonly blocked: BlockedChats
}

type RawMethod = (...args: readonly unknown[]) => Promise<unknown>

/**
 * Creates the caller for methods that a plugin names. Calls for a chat count toward its limits like
 * answers. Since the effect of a method is unknown, no call is retried when Telegram may have acted
 * on it.
 */
export function createMethodCaller({
  api,
  gate,
  blocked,
  ...persistence
}: MethodCallerOptions): BotApiCaller {
  const openGate: CallGate = {
    async pass(signal) {
      for (let left = gate.heldOverall(); left > 0; left = gate.heldOverall()) await wait(left, signal)
    },
    refused: (seconds) => gate.refused(undefined, seconds),
  }
  const raw = api.raw as unknown as Readonly<Record<string, RawMethod | undefined>>

  return {
    async call(method, params, signal) {
      const chatId = typeof params.chat_id === 'number' ? params.chat_id : undefined
      if (chatId !== undefined) blocked.check(chatId)
      const callGate =
        chatId === undefined ? openGate : gateOf(gate, { chatId, rank: 'answer', kind: 'message' })
      try {
        return await callPersistently(
          async () => callRaw(raw[method], params, toGrammySignal(signal)),
          { method, gate: callGate, signal, policy: 'at-most-once' },
          persistence,
        )
      } catch (error) {
        const isBlocked = error instanceof TelegramError && error.refusal?.meaning === 'gone'
        if (isBlocked && chatId !== undefined) blocked.mark(chatId)
        throw error
      }
    },
  }
}

/** grammY's methods that take no parameters, such as getMe, take the signal in their place. */
function callRaw(
  method: RawMethod | undefined,
  params: object,
  signal: unknown,
): Promise<unknown> | undefined {
  return method?.length === 1 ? method(signal) : method?.(params, signal)
}
