import { defineManifest, isPluggramError, z } from '@pluggram/sdk'
import type { AssistantConfig, MessageContext, PluginResult, PluginStatus, Services } from '@pluggram/sdk'

const configSchema = z.object({
  endpoint: z.url(),
  api_key: z.string().min(1),
})
const answerSchema = z.object({ answer: z.string() })

/** Sends every message to another service and answers with what it says. */
export default class ApiPlugin {
  static readonly manifest = defineManifest({
    config: configSchema,
    // the owner who writes the endpoint decides which host may be reached
    configure: ({ endpoint }) => ({ permissions: { network: [new URL(endpoint).hostname] } }),
  })

  readonly #config: z.infer<typeof configSchema>
  readonly #services: Services
  readonly #open = new AbortController()
  #state = 'active'

  constructor(config: AssistantConfig, services: Services) {
    this.#config = config.plugins['api_plugin']
    this.#services = services
  }

  async processMessage(message: string, context: MessageContext): Promise<PluginResult | undefined> {
    try {
      const { answer } = await this.#request(message, context)
      this.#state = 'active'
      return { success: true, response: answer }
    } catch (error) {
      this.#state = 'degraded'
      this.#services.captureException(error)
      const isOut = isPluggramError(error) && error.code === 'network-failed'
      return {
        success: false,
        error: isOut ? "The service isn't responding." : 'It sent something unexpected.',
      }
    }
  }

  async #request(message: string, { signal }: MessageContext): Promise<z.infer<typeof answerSchema>> {
    const response = await this.#services.http.fetch(this.#config.endpoint, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#config.api_key}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ message }),
      signal: AbortSignal.any([signal, this.#open.signal]),
    })
    if (!response.ok) throw new Error(`the service answered with status ${response.status}`)
    return answerSchema.parse(await response.json())
  }

  async getStatus(): Promise<PluginStatus> {
    return { status: this.#state, endpoint: new URL(this.#config.endpoint).hostname }
  }

  async cleanup(): Promise<void> {
    this.#open.abort()
  }
}
