import type { AiLedger } from '@pluggram/sdk/runtime'
import type { Logger } from '@pluggram/sdk'

export const SILENT_LOGGER: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/** An in-memory ledger without limits. */
export function createOpenLedger(): AiLedger {
  const choices = new Map<string, string>()
  return {
    reserve: () => ({ id: 1 }),
    note() {},
    settle() {},
    used: () => ({ tokens: 0, micros: 0 }),
    choice: (kind, id) => choices.get(`${kind}:${id}`),
    async choose(kind, id, model) {
      if (model === null) choices.delete(`${kind}:${id}`)
      else choices.set(`${kind}:${id}`, model)
    },
    async moveChat() {},
  }
}
