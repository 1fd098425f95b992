import type { AiService } from '@pluggram/sdk'
import { AI_METHODS, createAiService } from '@pluggram/sdk/runtime'

/** The AI service of a plugin that may not use it: every call ends in `refuse`, which throws. */
export function createRefusedAi(refuse: () => never): AiService {
  return createAiService((method) =>
    AI_METHODS[method].crosses === 'stream' ? refuse : async () => refuse(),
  )
}
