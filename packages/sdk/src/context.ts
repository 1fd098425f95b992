import type { Chat, DownloadableAttachment, IncomingMessage, User } from './message.ts'
import type { PluginResponse, SentMessage } from './reply.ts'
import type { Role } from './role.ts'

/** The command a message starts with: `/roll 2d6` is `{ name: 'roll', args: '2d6' }`. */
export interface Command {
  /** Without slash and bot name, lower case. */
  readonly name: string
  /** What follows, trimmed. */
  readonly args: string
}

/** A pressed button of this plugin. `context.message` is the message that carries the button. */
export interface Callback {
  readonly id: string
  /** The button's `data`, also passed as `message`. */
  readonly data: string
}

/** What a plugin knows about the message it is asked to answer, and what it can do meanwhile. */
export interface MessageContext<Config = unknown> {
  /**
   * The plugin's block as it holds in this chat: the general one, with what an owner set for this
   * chat over it (keys of the manifest's `perChat`). Checked and completed by the plugin's schema.
   */
  readonly config: Config
  readonly chat: Chat
  readonly user: User
  /** What the user may do: `owner`, `trusted` or `everyone`. */
  readonly role: Role
  readonly message: IncomingMessage
  readonly command?: Command
  readonly callback?: Callback
  /** Aborted at the deadline, and when the assistant stops. Pass it to everything that waits. */
  readonly signal: AbortSignal
  /** 1 at the first try; higher when the same update is delivered again. */
  readonly attempt: number
  /** The same for every try of this update by this plugin: give it to APIs that can deduplicate. */
  readonly idempotencyKey: string
  /**
   * Sends something to this chat now, before the result. Resolves when Telegram has taken it.
   * @throws DeliveryError when Telegram refuses it.
   */
  reply(response: PluginResponse): Promise<readonly SentMessage[]>
  /** Puts an emoji on the user's message, or takes it away with `null`. */
  react(emoji: string | null): Promise<void>
  /**
   * Reads an attachment's bytes; Telegram lets bots download up to 20 MB (Bot API: getFile).
   * @throws DeliveryError when the file is too large or gone.
   */
  download(attachment: DownloadableAttachment): Promise<Uint8Array>
}
