/** A temporary fault between the bot and Telegram. */
export interface FaultPlan {
  readonly name: string
  /**
   * Bodies for the emulator's `POST /emulator/faults`, given the chat to hit (`undefined`: every
   * call).
   */
  faults(chatId: number | undefined): object[]
  /** Whether the connection is slow; the door does that, not the emulator. */
  readonly isSlow?: boolean
  /** Faults that only make sense for one chat, or only for all calls. */
  readonly only?: 'one chat' | 'everything'
}

const ALWAYS = 1_000_000

function always(kind: object): (chatId: number | undefined) => object[] {
  return (chatId) => [
    { ...kind, times: ALWAYS, ...(chatId !== undefined && { chatId, method: 'sendMessage' }) },
  ]
}

/** @param retryAfter the seconds of the 429s that one chat gets, one after another */
export function faultPlans(retryAfter: readonly number[]): FaultPlan[] {
  return [
    { name: '500', faults: always({ kind: 'server-error' }) },
    { name: 'HTML instead of JSON', faults: always({ kind: 'server-error', status: 502, html: true }) },
    { name: 'connection reset', faults: always({ kind: 'drop-request' }) },
    { name: 'response dropped', faults: always({ kind: 'drop-response' }) },
    { name: '1 byte/s', faults: () => [], isSlow: true },
    {
      name: '429',
      only: 'one chat',
      faults: (chatId) =>
        retryAfter.map((seconds) => ({
          kind: 'too-many-requests',
          retryAfter: seconds,
          method: 'sendMessage',
          chatId,
        })),
    },
    {
      name: '409',
      only: 'everything',
      faults: () => [{ kind: 'conflict', method: 'getUpdates', times: ALWAYS }],
    },
  ]
}
