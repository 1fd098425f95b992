import type { AssistantConfig, MessageContext, PluginResult, PluginStatus, Services } from '@pluggram/sdk'

/** Answers “repeat WORDS” with the words, loud if its configuration says so. */
export default class MyPlugin {
  readonly #config: { readonly loud?: boolean }
  readonly #services: Services

  constructor(config: AssistantConfig, services: Services) {
    this.#config = config.plugins['my_plugin']
    this.#services = services
    services.logger.info('my_plugin is ready')
  }

  async processMessage(message: string, _context: MessageContext): Promise<PluginResult | undefined> {
    if (!message.startsWith('repeat')) return undefined
    try {
      return { success: true, response: this.#repeat(message) }
    } catch (error) {
      this.#services.logger.error('A message could not be repeated')
      this.#services.captureException(error)
      return { success: false, error: 'Write “repeat” and the words to repeat.' }
    }
  }

  #repeat(message: string): string {
    const words = message.slice('repeat'.length).trim()
    if (words === '') throw new Error('there is nothing to repeat')
    return this.#config.loud ? words.toUpperCase() : words
  }

  async getStatus(): Promise<PluginStatus> {
    return { status: 'active', config: this.#config }
  }

  async cleanup(): Promise<void> {
    this.#services.logger.info('my_plugin is done')
  }
}
