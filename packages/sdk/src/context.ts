import type { Chat, DownloadableAttachment, IncomingMessage, Preview, User } from './message.ts'
import type { PluginResponse, SentMessage } from './reply.ts'
import type { Role } from './role.ts'

/** The command a message starts with: `/roll 2d6` is `{ name: 'roll', args: '2d6' }`. */
export interface Command {
  /** Without slash and bot name, lower case. */
  readonly name: string
  /** The rest of the text, trimmed. */
  readonly args: string
}

/**
 * A press of one of this plugin's buttons. `context.message` is the message that has the button.
 */
export interface Callback {
  readonly id: string
  /** The button's `data`, also passed as `message`. */
  readonly data: string
}

/** What the user and the bot may do in a group. */
export interface GroupRights {
  /**
   * The user is an administrator of the group. True for anonymous administrators, who write as the
   * group: their `user.id` is the chat's id. When they press a button, Telegram names the person.
   */
  readonly userIsAdministrator: boolean
  /**
   * The bot gets every message. False in privacy mode, where Telegram shows it only commands, replies
   * to it and messages that mention it.
   */
  readonly botSeesAllMessages: boolean
}

/** The message a plugin is asked to answer, and what the plugin can do while answering. */
export interface MessageContext<Config = unknown> {
  /**
   * The plugin's configuration for this chat: the general block, plus the owner's overrides for
   * this chat (keys in the manifest's `perChat`). Validated by the plugin's schema, with defaults
   * filled in.
   */
  readonly config: Config
  readonly chat: Chat
  readonly user: User
  /** What the user may do: `owner`, `trusted` or `everyone`. */
  readonly role: Role
  readonly message: IncomingMessage
  /**
   * The user's time zone (IANA name such as `Europe/Berlin`, or a fixed offset such as `+05:30`): the
   * one set with `/timezone`, else the chat's, else the assistant's.
   */
  readonly timeZone: string
  readonly command?: Command
  readonly callback?: Callback
  /**
   * Set when the plugin answered this message before and the answer waited for a person's decision,
   * see `mayWait` of `services.ai.streamText`: now it goes on.
   */
  readonly continues?: string
  /** Aborted at the deadline, and when the assistant stops. Pass it to every asynchronous call. */
  readonly signal: AbortSignal
  /** 1 on the first try; higher when the same update is processed again. */
  readonly attempt: number
  /**
   * The same for every try of this update by this plugin. Pass it to APIs that deduplicate
   * requests.
   */
  readonly idempotencyKey: string
  /**
   * Sends a message to this chat now, before the result. Resolves when Telegram has accepted it.
   * @throws DeliveryError when Telegram refuses it
   */
  reply(response: PluginResponse): Promise<readonly SentMessage[]>
  /** Reacts to the user's message with an emoji; `null` removes the reaction. */
  react(emoji: string | null): Promise<void>
  /**
   * Downloads an attachment, or one of its previews; Telegram allows bots at most 20 MB (Bot API: getFile).
   * @throws DeliveryError when the file is too large or no longer available
   */
  download(file: DownloadableAttachment | Preview): Promise<Uint8Array>
  /**
   * What holds in this group for the user and the bot, as Telegram says now. In a private chat both
   * are true. Never throws; what Telegram does not say is false for the user and true for the bot.
   */
  groupRights(): Promise<GroupRights>
}
