import type { TextRequest } from '@pluggram/sdk'
import { createDirectory } from '@pluggram/demo-model/test-plugins'
import type { AiOptions, AiSettings } from './ai-options.ts'
import { createAi } from './create-ai.ts'
import type { Ai } from './create-ai.ts'
import { createOpenLedger, SILENT_LOGGER } from './test-doubles.ts'

export const HELLO: TextRequest = { messages: [{ role: 'user', content: 'hello' }] }

/** Opens an AI for one test; `using` closes it. */
export function openTestAi(
  settings: Partial<AiSettings>,
  options: Partial<Omit<AiOptions, 'settings'>> = {},
): Ai & Disposable {
  const ai = createAi({
    settings: {
      model: 'demo',
      timeouts: { firstTokenSeconds: 5, betweenTokensSeconds: 5, totalSeconds: 10 },
      ...settings,
    },
    environment: {},
    directory: () => createDirectory(),
    home: '/nonexistent',
    logger: SILENT_LOGGER,
    ledger: createOpenLedger(),
    localServers: [],
    demoWordMilliseconds: 0,
    ...options,
  })
  return { ...ai, [Symbol.dispose]: () => void ai.close() }
}

/** The chunks of an answer. */
export async function readText(ai: Ai, request: TextRequest = HELLO): Promise<string[]> {
  return Array.fromAsync(ai.serviceFor('test').streamText(request))
}

/** The error an answer failed with. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => new Error(`succeeded with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  )
}
