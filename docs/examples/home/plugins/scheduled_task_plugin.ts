import { defineManifest, z } from '@pluggram/sdk'
import type { AssistantConfig, MessageContext, PluginResult, PluginStatus, Services } from '@pluggram/sdk'

const configSchema = z.object({
  every_seconds: z.int().min(1).default(1_800),
})

/** Does something every half hour, and tells how often it did: “task”. */
export default class ScheduledTaskPlugin {
  static readonly manifest = defineManifest({ config: configSchema, permissions: { schedule: true } })

  readonly #services: Services
  readonly #schedule: Promise<string>
  #runs = 0

  constructor(config: AssistantConfig, services: Services) {
    this.#services = services
    const { every_seconds: seconds } = configSchema.parse(config.plugins['scheduled_task_plugin'])
    this.#schedule = services.scheduler.every({ seconds }, () => this.#task())
    this.#schedule.catch((error: unknown) => services.captureException(error))
  }

  async #task(): Promise<void> {
    this.#runs += 1
    await this.#services.store.set('last-run', new Date().toISOString())
  }

  async processMessage(message: string, _context: MessageContext): Promise<PluginResult | undefined> {
    if (message !== 'task') return undefined
    const last = await this.#services.store.get<string>('last-run')
    return { success: true, response: last === undefined ? 'It has not run yet.' : `It ran last at ${last}.` }
  }

  async getStatus(): Promise<PluginStatus> {
    const [schedule] = await this.#services.scheduler.list()
    return { status: 'active', runs: this.#runs, next: schedule?.next?.toISOString() ?? null }
  }

  async cleanup(): Promise<void> {
    await this.#services.scheduler.cancel(await this.#schedule)
  }
}
