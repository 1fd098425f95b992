import type { TelegramBotCommandScope } from '@gramio/types'
import { badRequest } from '../bot-api-error.ts'
import type { LocalizedText } from '../bot-profile.ts'
import type { Emulation } from '../emulation.ts'
import type { MethodHandlers } from '../method-registry.ts'

const MAX_COMMANDS = 100

/** The bot's account and profile. */
export const profileMethods: MethodHandlers = {
  getMe: (_params, { emulation }) => emulation.profile.me,
  logOut: () => true,
  close: () => true,

  setMyCommands(params, { emulation }) {
    if (params.commands.length > MAX_COMMANDS) throw badRequest('BOT_COMMANDS_TOO_MUCH')
    for (const { command, description } of params.commands) {
      if (!/^\/?[a-z0-9_]{1,32}$/.test(command)) throw badRequest('BOT_COMMAND_INVALID')
      const length = String(description).trim().length
      if (length === 0 || length > 256) throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID')
    }
    const commands = params.commands.map(({ command, description }) => ({
      command: command.replace(/^\//, ''),
      description: String(description),
    }))
    changeCommands(emulation, params.scope, params.language_code, commands)
    return true
  },

  deleteMyCommands(params, { emulation }) {
    changeCommands(emulation, params.scope, params.language_code, [])
    return true
  },

  getMyCommands: (params, { emulation }) =>
    emulation.profile.commands(params.scope, params.language_code ?? ''),

  setMyName: (params, { emulation }) =>
    setLocalized(emulation.profile.names, params.language_code, params.name),
  getMyName: (params, { emulation }) => ({
    name: getLocalized(emulation.profile.names, params.language_code) || emulation.bot.firstName,
  }),

  setMyDescription: (params, { emulation }) =>
    setLocalized(emulation.profile.descriptions, params.language_code, params.description),
  getMyDescription: (params, { emulation }) => ({
    description: getLocalized(emulation.profile.descriptions, params.language_code),
  }),

  setMyShortDescription: (params, { emulation }) =>
    setLocalized(emulation.profile.shortDescriptions, params.language_code, params.short_description),
  getMyShortDescription: (params, { emulation }) => ({
    short_description: getLocalized(emulation.profile.shortDescriptions, params.language_code),
  }),

  setChatMenuButton(params, { emulation }) {
    emulation.profile.menuButtons.set(params.chat_id ?? 0, params.menu_button ?? { type: 'default' })
    return true
  },
  getChatMenuButton: (params, { emulation }) =>
    emulation.profile.menuButtons.get(params.chat_id ?? 0) ??
    emulation.profile.menuButtons.get(0) ?? { type: 'commands' },
}

function changeCommands(
  { profile, world }: Emulation,
  scope: TelegramBotCommandScope | undefined,
  language: string | undefined,
  commands: { command: string; description: string }[],
): void {
  profile.setCommands(scope, language ?? '', commands)
  world.events.emit(() => ({ type: 'commands-changed', commands: profile.visibleCommands }))
}

function setLocalized(texts: LocalizedText, language: string | undefined, value: string | undefined): true {
  if (value) texts.set(language ?? '', value)
  else texts.delete(language ?? '')
  return true
}

function getLocalized(texts: LocalizedText, language: string | undefined): string {
  return texts.get(language ?? '') ?? texts.get('') ?? ''
}
