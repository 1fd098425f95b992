import type { AdminService } from '@pluggram/sdk'
import { chatOf } from './page-place.ts'
import type { Place, Scope } from './page-place.ts'
import { listPage, pluginPage, switchPlugin } from './plugin-pages.ts'
import { settingsPage } from './setting-pages.ts'
import type { AskingReply } from './setting-pages.ts'
import { TEXTS } from './texts.ts'

const USAGE = `/plugins – all of them, with buttons
/plugins NAME – one of them
/plugins on NAME, /plugins off NAME – for everybody, or with “here” at the end for this chat
/plugins restart NAME
/plugins config NAME – its settings; with “here” those of this chat
/plugins set NAME KEY VALUE – for everybody; with “here” at the end for this chat
/plugins unset NAME KEY – reset to the default; with “here” for this chat only`

/** `/plugins` and its arguments. */
export async function pluginsCommand(admin: AdminService, place: Place, args: string): Promise<AskingReply> {
  const { words, scope } = takeScope(args)
  const [verb = '', name = '', key = ''] = words.split(/\s+/)
  if (verb === '') return listPage(admin, place)
  if (verb === 'set') return setCommand(admin, place, args.replace(/^set\s*/, ''))
  if (name === '') {
    const isPlugin = (await admin.plugins()).some((plugin) => plugin.name === verb)
    const where = scope ?? (place.isGroup ? 'here' : 'everywhere')
    return isPlugin ? pluginPage(admin, place, { name: verb, scope: where }) : { text: USAGE }
  }
  const about = { plugin: name, scope: scope ?? 'everywhere' } as const
  switch (verb) {
    case 'on':
    case 'off':
      return { text: await switchPlugin(admin, place, { name, scope: about.scope, isOn: verb === 'on' }) }
    case 'restart':
      await admin.restartPlugin(name)
      return { text: TEXTS.restarted(name) }
    case 'config':
      return settingsPage(admin, place, about)
    case 'unset':
      if (key === '') return { text: USAGE }
      await admin.changeSetting({ plugin: name, key, ...chatOf(place, about.scope) })
      return { text: await tell(admin, place, { ...about, key }) }
    default:
      return { text: USAGE }
  }
}

/** `PLUGIN KEY VALUE`, optionally with `here` at the end. */
export async function setCommand(admin: AdminService, place: Place, args: string): Promise<AskingReply> {
  const { words, scope = 'everywhere' } = takeScope(args)
  const match = /^(?<plugin>\S+)\s+(?<key>\S+)\s+(?<value>[^]+)$/.exec(words)?.groups
  const { plugin, key, value } = match ?? {}
  if (plugin === undefined || key === undefined || value === undefined) {
    return { text: TEXTS.usePluginsSetName }
  }
  return setValue(admin, place, { plugin, key, scope, text: value })
}

/** Sets a key and reports its new value. */
export async function setValue(
  admin: AdminService,
  place: Place,
  {
    text,
    ...about
  }: { readonly plugin: string; readonly key: string; readonly scope: Scope; readonly text: string },
): Promise<AskingReply> {
  const { plugin, key, scope } = about
  await admin.changeSetting({ plugin, key, text, ...chatOf(place, scope) })
  return { text: await tell(admin, place, about) }
}

/** In a group, a change for everybody is only reported as made, without the value. */
async function tell(
  admin: AdminService,
  place: Place,
  { plugin, key, scope }: { readonly plugin: string; readonly key: string; readonly scope: Scope },
): Promise<string> {
  const where = scope === 'here' ? 'in this chat' : 'everywhere'
  if (scope === 'everywhere' && place.isGroup) return TEXTS.changedEverywhere(plugin, key)
  const setting = (await admin.settings(plugin, chatOf(place, scope).chatId)).find((item) => item.key === key)
  const value = setting === undefined || setting.value === '' ? '(not set)' : setting.value
  return `${plugin}.${key} is ${value} ${where} now.`
}

/** `here` as the last word. In quotes it is part of the value. */
function takeScope(args: string): { words: string; scope?: Scope } {
  const match = /^(?<words>[^]*?)\s+here$/i.exec(args)
  return match?.groups ? { words: match.groups['words'] ?? '', scope: 'here' } : { words: args }
}
