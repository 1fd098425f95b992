import { PermissionError } from '@pluggram/sdk'
import type { AiService } from '@pluggram/sdk'
import { createAiService } from '@pluggram/sdk/runtime'
import type { Tools } from './create-tools.ts'

/**
 * The AI service of one plugin, with tools if it may use them.
 * @param onRefused called when tools are refused
 * @param tools absent for a plugin without `permissions: { tools: true }`
 */
export function withTools(
  plugin: string,
  ai: AiService,
  tools: Tools | undefined,
  onRefused: (message: string) => void,
): AiService {
  return {
    ...createAiService((method) => (ai[method] as () => unknown).bind(ai)),
    streamText(request) {
      if (request.tools !== true) return ai.streamText(request)
      if (!tools) {
        const message = `Plugin ${plugin} offers tools to the model without asking for it. Add permissions: { tools: true } to its manifest.`
        onRefused(message)
        throw new PermissionError(message)
      }
      return tools.stream(request, (step) => ai.streamText(step), plugin)
    },
  }
}
