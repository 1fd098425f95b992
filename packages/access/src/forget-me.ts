import { withinTime } from '@pluggram/base'
import type { Logger, MessageContext, PluginResult } from '@pluggram/sdk'
import { pluginTitle } from '@pluggram/sdk/runtime'
import type { PluginRegistry, RunnablePlugin } from '@pluggram/sdk/runtime'
import { TEXTS } from './texts.ts'

/** A part of the assistant that stores data about users. */
export interface Forgetter {
  forget(userId: number): unknown
}

export interface ForgetMeOptions {
  /** All running plugins. */
  readonly registry: PluginRegistry
  /** The assistant's own data. */
  readonly forgetters: readonly Forgetter[]
  readonly logger: Pick<Logger, 'warn'>
}

/** The data of the confirmation button. */
const YES = 'forget-me'
/** A plugin that takes longer is reported as failed. */
const LIMIT_MS = 20_000

/**
 * `/forget_me`: deletes everything stored about the user who asks. The assistant itself implements
 * it, so that no plugin can delete a user's data: it takes the user's own press of the button.
 */
export class ForgetMe {
  readonly #options: ForgetMeOptions

  constructor(options: ForgetMeOptions) {
    this.#options = options
  }

  ask({ chat }: MessageContext): PluginResult {
    if (chat.type !== 'private') return { success: false, error: TEXTS.forgetMeInPrivate }
    return {
      success: true,
      response: {
        text: TEXTS.forgetMeQuestion,
        buttons: [[{ text: TEXTS.deleteEverything, data: YES }]],
      },
    }
  }

  async press(data: string, { chat, user, message }: MessageContext): Promise<PluginResult | undefined> {
    if (data !== YES || chat.type !== 'private') return undefined
    const plugins = this.#options.registry.plugins()
    const told = await Promise.all(plugins.map((plugin) => this.#forget(plugin, user.id)))
    for (const { forget } of this.#options.forgetters) await forget(user.id)
    const failed = told.flatMap((item) => (item && 'failed' in item ? [item.failed] : []))
    const done = told.flatMap((item) => (item && 'done' in item ? [item.done] : []))
    const lines = [
      done.length > 0 ? TEXTS.deleted(done.join('; ')) : TEXTS.nothingToDelete,
      failed.length > 0 && TEXTS.notDeleted(failed.join(', ')),
    ]
    return {
      success: true,
      response: { text: lines.filter(Boolean).join('\n\n'), editMessageId: message.id },
    }
  }

  async #forget(
    plugin: RunnablePlugin,
    userId: number,
  ): Promise<{ done: string } | { failed: string } | undefined> {
    const { name, answers } = plugin.descriptor
    const title = pluginTitle(plugin.descriptor)
    if (!answers.includes('forget')) return undefined
    try {
      const done = await withinTime(plugin.ask('forget', { userId }), LIMIT_MS)
      return done === undefined ? undefined : { done: `${done} (${title})` }
    } catch (error) {
      this.#options.logger.warn('a plugin could not forget a user', { plugin: name, err: error })
      return { failed: title }
    }
  }
}
