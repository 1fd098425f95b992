import type { IncomingUpdate, SentMessages } from '@pluggram/sdk/runtime'
import type { Buttons, Press } from './buttons.ts'

type PressUpdate = Extract<IncomingUpdate, { kind: 'callback_query' }>

const TOO_OLD = 'This button is too old. Please ask again.'
const NOT_YOURS = 'This button is for somebody else, or it is too old.'
const NOT_RUNNING = 'The plugin behind this button is not running.'

/** Decides which presses of buttons count, and for which plugin. */
export class Presses {
  readonly #buttons: Buttons
  readonly #messages: Pick<SentMessages, 'authorOf'>

  constructor(buttons: Buttons, messages: Pick<SentMessages, 'authorOf'>) {
    this.#buttons = buttons
    this.#messages = messages
  }

  /** The plugin that made the pressed button. */
  makerOf<Plugin>(update: PressUpdate, named: Iterable<readonly [name: string, Plugin]>): Plugin | undefined {
    return this.#buttons.makerOf(pressOf(update), named)
  }

  /**
   * The data for the plugin that made the button; `undefined` when the press does not count after
   * all: it came with another plugin's message, or its data has expired.
   */
  async dataFor({ chat, message, callback }: PressUpdate, plugin: string): Promise<string | undefined> {
    const author = await this.#messages.authorOf(chat.id, message.id)
    // a message that was just sent, or is still being written, is not recorded yet
    if (author !== undefined && author !== plugin) return undefined
    return this.#buttons.dataOf(callback.data, plugin)
  }

  /** Why the press does not count, for the person; `undefined` when it does. */
  async refusal(update: PressUpdate, plugins: readonly string[]): Promise<string | undefined> {
    const wire = update.callback.data
    const maker = this.makerOf(
      update,
      plugins.map((name) => [name, name] as const),
    )
    if (maker !== undefined) return (await this.dataFor(update, maker)) === undefined ? TOO_OLD : undefined
    if (!this.#buttons.isSignedForm(wire)) return TOO_OLD
    if (!plugins.some((name) => this.#buttons.hasTag(wire, name))) return NOT_RUNNING
    return this.#buttons.isPersonal(wire) ? NOT_YOURS : TOO_OLD
  }
}

function pressOf({ callback, chat, user }: PressUpdate): Press {
  return { wire: callback.data, chatId: chat.id, userId: user.id }
}
