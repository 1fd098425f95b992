import type { BotApiEmulator } from '../emulator.ts'

export interface BotApiAnswer {
  readonly ok: boolean
  readonly error_code?: number
  readonly description?: string
  readonly parameters?: { retry_after?: number; migrate_to_chat_id?: number }
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of all shapes
  readonly result?: any
}

/** Calls the Bot API as a plain HTTP client, for tests. */
export function botApiClient(
  emulator: Pick<BotApiEmulator, 'url' | 'token'>,
): (method: string, params?: object) => Promise<BotApiAnswer> {
  return async (method, params = {}) => {
    const response = await fetch(`${emulator.url}/bot${emulator.token}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
    })
    return (await response.json()) as BotApiAnswer
  }
}

/** A small PNG of 3 × 2 pixels; only its header matters. */
export const TINY_PNG = Buffer.from(
  '89504e470d0a1a0a0000000d4948445200000003000000020802000000' +
    '12163e0a0000000c4944415478da6360400000000400010a2db4790000000049454e44ae426082',
  'hex',
)

/** Waits until the condition holds, or fails after ten seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('The awaited condition did not come true within 10 s.')
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}
