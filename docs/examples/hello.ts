import type { AssistantConfig, MessageContext, PluginResult, PluginStatus, Services } from '@pluggram/sdk'

export default class Hello {
  readonly #greeting: string
  readonly #services: Services
  #greeted = 0

  constructor(config: AssistantConfig, services: Services) {
    this.#greeting = String(config.plugins['hello'].greeting ?? 'Hello')
    this.#services = services
  }

  async processMessage(message: string, context: MessageContext): Promise<PluginResult | undefined> {
    if (message.toLowerCase() !== 'hello') return undefined
    this.#greeted += 1
    return { success: true, response: `${this.#greeting}, ${context.user.firstName}!` }
  }

  async getStatus(): Promise<PluginStatus> {
    return { status: 'active', greeted: this.#greeted }
  }

  async cleanup(): Promise<void> {
    this.#services.logger.info('That was it', { greeted: this.#greeted })
  }
}
