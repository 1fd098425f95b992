import type { Role } from '@pluggram/sdk'
import { isCommandFor, localText, ownCommands } from '@pluggram/sdk/runtime'
import type { PluginDescriptor, PluginRegistry } from '@pluggram/sdk/runtime'
import type { Menu } from '@pluggram/telegram'

/** Who may do what. */
export interface RolesOfPeople {
  /** The role of everybody without one of their own; in the playground everybody is an owner. */
  readonly others: Role
  /** People with a role of their own, by user id. */
  readonly people: ReadonlyMap<number, Role>
}

/** Each of them has a menu of their own; more would take Telegram's limits for minutes. */
const MAX_PEOPLE = 50

type Command = PluginDescriptor['commands'][number]

/**
 * The command menus: of everybody in private chats, of groups, and of each person with a role of
 * their own. Each is there in all languages in which a command has a description.
 */
export function commandMenus(registry: PluginRegistry, { others, people }: RolesOfPeople): Menu[] {
  const commands = registry
    .plugins()
    .flatMap(({ descriptor }) => ownCommands(registry, descriptor).filter(({ inMenu }) => inMenu))
  const languages = new Set(commands.flatMap(({ translations = {} }) => Object.keys(translations)))
  const menusOf = (scope: Menu['scope'], role: Role, type: 'private' | 'group'): Menu[] => {
    const shown = commands.filter((command) => isCommandFor(command, { role, chat: { type } }))
    return [
      { scope, commands: shown.map((command) => inLanguage(command)) },
      ...[...languages].map((language) => ({
        scope,
        language,
        commands: shown.map((command) => inLanguage(command, language)),
      })),
    ]
  }
  return [
    ...menusOf({ type: 'default' }, others, 'private'),
    ...menusOf({ type: 'all_group_chats' }, others, 'group'),
    ...[...people]
      .filter(([, role]) => role !== others)
      .slice(0, MAX_PEOPLE)
      .flatMap(([id, role]) => menusOf({ type: 'chat', chat_id: id }, role, 'private')),
  ]
}

function inLanguage(
  { name, description, translations }: Command,
  language?: string,
): Menu['commands'][number] {
  return { name, description: localText({ ...translations, en: description }, language) }
}
