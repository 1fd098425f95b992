import type {
  AssistantConfig,
  Counter,
  Histogram,
  MessageContext,
  PluginResult,
  PluginStatus,
  Services,
} from '@pluggram/sdk'

/** Adds the numbers of “add 1 2 3”, counts the requests and measures them. */
export default class MetricsPlugin {
  readonly #requests: Counter
  readonly #processingTime: Histogram
  #added = 0

  constructor(_config: AssistantConfig, services: Services) {
    this.#requests = services.metrics.counter('additions_total', {
      help: 'Additions that were asked for',
      labels: ['outcome'],
    })
    this.#processingTime = services.metrics.histogram('addition_seconds', {
      help: 'How long an addition took',
    })
  }

  async processMessage(message: string, _context: MessageContext): Promise<PluginResult | undefined> {
    if (!message.startsWith('add ')) return undefined
    const stopTimer = this.#processingTime.startTimer()
    try {
      const numbers = message.split(/\s+/).slice(1).map(Number)
      const isNumeric = numbers.every((number) => Number.isFinite(number))
      this.#requests.inc({ outcome: isNumeric ? 'ok' : 'error' })
      if (!isNumeric) return { success: false, error: 'I add numbers only.' }
      this.#added += 1
      return { success: true, response: String(numbers.reduce((sum, number) => sum + number, 0)) }
    } finally {
      stopTimer()
    }
  }

  async getStatus(): Promise<PluginStatus> {
    return { status: 'active', added: this.#added }
  }

  async cleanup(): Promise<void> {
    this.#added = 0
  }
}
