import { errorMessage } from '@pluggram/sdk'
import type { AssistantConfig, MessageContext, PluginResult, PluginStatus, Services } from '@pluggram/sdk'

/** Sorts the words of “sort b a” and writes to the log what it does. */
export default class LoggingPlugin {
  readonly #services: Services
  #handled = 0

  constructor(_config: AssistantConfig, services: Services) {
    this.#services = services
  }

  async processMessage(message: string, context: MessageContext): Promise<PluginResult | undefined> {
    if (!message.startsWith('sort')) return undefined
    const { logger } = this.#services
    // what people write is theirs: the log says how much it was
    logger.info('Processing a message', { chat: context.chat.id, characters: message.length })
    try {
      const result = this.#process(message)
      logger.info('Success', { characters: result.length })
      return { success: true, response: result }
    } catch (error) {
      logger.error(`Error: ${errorMessage(error)}`)
      // Pluggram reports it, counts it, and asks the next plugin
      throw error
    }
  }

  #process(message: string): string {
    const words = message.split(/\s+/).slice(1)
    if (words.length === 0) throw new Error('there are no words to sort')
    this.#handled += 1
    return words.toSorted((a, b) => a.localeCompare(b)).join(' ')
  }

  async getStatus(): Promise<PluginStatus> {
    return { status: 'active', handled: this.#handled }
  }

  async cleanup(): Promise<void> {
    this.#services.logger.info('Stopping', { handled: this.#handled })
  }
}
