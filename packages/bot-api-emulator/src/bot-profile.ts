import type { TelegramBotCommandScope, TelegramMenuButton, TelegramUser } from '@gramio/types'
import type { BotCommandEntry, EmulatedUser } from './drive-types.ts'
import { toTelegramUser } from './world/chat-record.ts'

/** A text by the user's language; '' is the fallback. */
export type LocalizedText = Map<string, string>

/** The bot's profile. */
export class BotProfile {
  readonly user: TelegramUser
  readonly groupPrivacy: boolean
  readonly names: LocalizedText = new Map()
  readonly descriptions: LocalizedText = new Map()
  readonly shortDescriptions: LocalizedText = new Map()
  readonly menuButtons = new Map<number, TelegramMenuButton>()
  readonly #commands = new Map<string, BotCommandEntry[]>()

  constructor(bot: EmulatedUser, groupPrivacy: boolean) {
    this.user = toTelegramUser(bot)
    this.groupPrivacy = groupPrivacy
  }

  /** The result of getMe, with the fields that only a bot's own account has. */
  get me(): TelegramUser {
    return {
      ...this.user,
      can_join_groups: true,
      can_read_all_group_messages: !this.groupPrivacy,
      supports_inline_queries: false,
      can_connect_to_business: false,
      has_main_web_app: false,
      has_topics_enabled: false,
      allows_users_to_create_topics: false,
      can_manage_bots: false,
    }
  }

  setCommands(
    scope: TelegramBotCommandScope | undefined,
    language: string,
    commands: BotCommandEntry[],
  ): void {
    if (commands.length === 0) this.#commands.delete(commandsKey(scope, language))
    else this.#commands.set(commandsKey(scope, language), commands)
  }

  commands(scope: TelegramBotCommandScope | undefined, language: string): BotCommandEntry[] {
    return this.#commands.get(commandsKey(scope, language)) ?? []
  }

  /** The default commands in a private chat, shown in the playground's menu. */
  get visibleCommands(): readonly BotCommandEntry[] {
    const inPrivateChats = this.commands({ type: 'all_private_chats' }, '')
    return inPrivateChats.length > 0 ? inPrivateChats : this.commands(undefined, '')
  }
}

function commandsKey(scope: TelegramBotCommandScope | undefined, language: string): string {
  const { type, ...rest } = scope ?? { type: 'default' }
  return [type, ...Object.values(rest), language].join(' ')
}
