import type { ChatActions, IncomingUpdate, SentMessages } from '@pluggram/sdk/runtime'
import type { Buttons, Press } from './buttons.ts'
import { TEXTS } from './texts.ts'

type PressUpdate = Extract<IncomingUpdate, { kind: 'callback_query' }>

const TOO_OLD = TEXTS.tooOld
const NOT_YOURS = TEXTS.notYours
const NOT_RUNNING = TEXTS.notRunning

/** Decides which presses of buttons count, and for which plugin. */
export class Presses {
  readonly #buttons: Buttons
  readonly #messages: Pick<SentMessages, 'authorOf'>
  readonly #actions: Pick<ChatActions, 'standingIn'>

  constructor(
    buttons: Buttons,
    messages: Pick<SentMessages, 'authorOf'>,
    actions: Pick<ChatActions, 'standingIn'>,
  ) {
    this.#buttons = buttons
    this.#messages = messages
    this.#actions = actions
  }

  /** The plugin that made the pressed button. */
  makerOf<Plugin>(update: PressUpdate, named: Iterable<readonly [name: string, Plugin]>): Plugin | undefined {
    const plugins = [...named]
    return (
      this.#buttons.makerOf(pressOf(update), plugins) ??
      this.#buttons.makerOf(anonymousPress(update), plugins)
    )
  }

  /**
   * The data for the plugin that made the button; `undefined` when the press does not count after
   * all: it came with another plugin's message, or its data has expired.
   */
  async dataFor(update: PressUpdate, plugin: string): Promise<string | undefined> {
    const { chat, message, callback } = update
    const author = await this.#messages.authorOf(chat.id, message.id)
    // a message that was just sent, or is still being written, is not recorded yet
    if (author !== undefined && author !== plugin) return undefined
    if (!(await this.#isForPresser(update, plugin))) return undefined
    return this.#buttons.dataOf(callback.data, plugin)
  }

  /** Why the press does not count, for the person; `undefined` when it does. */
  async refusal(update: PressUpdate, plugins: readonly string[]): Promise<string | undefined> {
    const wire = update.callback.data
    const maker = this.makerOf(
      update,
      plugins.map((name) => [name, name] as const),
    )
    if (maker !== undefined) {
      if ((await this.dataFor(update, maker)) !== undefined) return undefined
      return (await this.#isForPresser(update, maker)) ? TOO_OLD : NOT_YOURS
    }
    if (!this.#buttons.isSignedForm(wire)) return TOO_OLD
    if (!plugins.some((name) => this.#buttons.hasTag(wire, name))) return NOT_RUNNING
    return this.#buttons.isPersonal(wire) ? NOT_YOURS : TOO_OLD
  }

  /** False when the button is for the group's anonymous administrators, and the presser is none. */
  async #isForPresser(update: PressUpdate, plugin: string): Promise<boolean> {
    if (this.#buttons.makerOf(pressOf(update), [[plugin, plugin]]) !== undefined) return true
    return (await this.#actions.standingIn(update.chat.id, update.user.id)) === 'administrator'
  }
}

/** Who writes as the group presses as a person, so a button only for the group may be theirs. */
function anonymousPress({ callback, chat }: PressUpdate): Press {
  return { wire: callback.data, chatId: chat.id, userId: chat.id }
}

function pressOf({ callback, chat, user }: PressUpdate): Press {
  return { wire: callback.data, chatId: chat.id, userId: user.id }
}
