import type { AiService, TextRequest } from '@pluggram/sdk'

/** A model that says what the test wrote down, and remembers what it was asked. */
export interface ScriptedAi extends AiService {
  readonly requests: readonly TextRequest[]
}

/** @param script the pieces of every answer, or a function that gives them for a request */
export function createScriptedAi(
  script: readonly string[] | ((request: TextRequest) => readonly string[]),
): ScriptedAi {
  const requests: TextRequest[] = []
  return {
    requests,
    model: async () => ({ id: 'test:scripted', isDemo: false }),
    async *streamText(request) {
      requests.push(request)
      for (const piece of typeof script === 'function' ? script(request) : script) {
        request.signal?.throwIfAborted()
        yield piece
      }
    },
  }
}
