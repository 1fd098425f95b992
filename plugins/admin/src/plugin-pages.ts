import type { AdminPlugin, AdminService, AdminSetting, Button, Reply } from '@pluggram/sdk'
import { findByRef, shortRef } from './button-data.ts'

/** Where the pages are shown: what a group's owner switches there holds in that group. */
export interface Place {
  readonly chatId: number
  readonly isGroup: boolean
}

const PER_PAGE = 20
const LOCKED = 'admin'

/** The list of plugins with a button for each. */
export async function listPage(admin: AdminService, place: Place, page = 0): Promise<Reply> {
  const plugins = await admin.plugins()
  const off = new Set(place.isGroup ? await admin.offIn(place.chatId) : [])
  const shown = plugins.slice(page * PER_PAGE, (page + 1) * PER_PAGE)
  const buttons = pairs(
    shown.map((plugin) => ({
      text: `${sign(plugin, off)} ${plugin.name}`,
      data: place.isGroup
        ? `g:${shortRef(plugin.name)}:${off.has(plugin.name) ? 1 : 0}`
        : `p:${shortRef(plugin.name)}`,
    })),
  )
  const turns: Button[] = [
    ...(page > 0 ? [{ text: '‹', data: `l:${page - 1}` }] : []),
    ...(plugins.length > (page + 1) * PER_PAGE ? [{ text: '›', data: `l:${page + 1}` }] : []),
  ]
  return {
    text: place.isGroup
      ? 'Plugins in this group. Press one to switch it on or off here; ⚪ is off for everybody.'
      : `Plugins: ${plugins.filter(({ isOn }) => isOn).length} of ${plugins.length} are on. Press one to manage it.`,
    buttons: turns.length > 0 ? [...buttons, turns] : buttons,
  }
}

/** One plugin: how it is, and what can be done with it. */
async function pluginPage(admin: AdminService, name: string): Promise<Reply> {
  const plugin = (await admin.plugins()).find((item) => item.name === name)
  if (!plugin) return { text: `There is no plugin ${name} any more.`, buttons: [[back('l')]] }
  const ref = shortRef(name)
  const lines = [
    `${sign(plugin)} ${name}: ${plugin.state}, ${plugin.isolation === 'inline' ? 'inside the assistant' : 'in a process of its own'}`,
    plugin.description ?? '',
    plugin.problem === undefined ? '' : `⚠️ ${plugin.problem}`,
  ]
  const actions: Button[] = [
    ...(name === LOCKED
      ? []
      : [{ text: plugin.isOn ? 'Switch off' : 'Switch on', data: `s:${ref}:${plugin.isOn ? 0 : 1}` }]),
    ...(plugin.isOn ? [{ text: 'Restart', data: `r:${ref}` }] : []),
    ...(plugin.isOn ? [{ text: 'Configure', data: `c:${ref}` }] : []),
  ]
  return { text: lines.filter((line) => line !== '').join('\n'), buttons: [actions, [back('l')]] }
}

/** The keys of a plugin. */
async function settingsPage(admin: AdminService, name: string): Promise<Reply> {
  const settings = await admin.settings(name)
  const ref = shortRef(name)
  const lines = settings.map(
    ({ key, value, isSetByChat }) =>
      `${key} = ${value === '' ? '(not set)' : value}${isSetByChat ? ' ✏️' : ''}`,
  )
  const changeable = settings.filter((setting) => setting.type !== 'other' && !setting.isSecret)
  return {
    text:
      lines.length === 0
        ? `${name} has no settings, or does not run.`
        : [`Settings of ${name} (✏️: set by chat, stronger than config.json):`, ...lines]
            .join('\n')
            .slice(0, 4_000),
    buttons: [
      ...pairs(changeable.slice(0, 80).map(({ key }) => ({ text: key, data: `k:${ref}:${shortRef(key)}` }))),
      [back(`p:${ref}`)],
    ],
  }
}

/** One key, with its choices as buttons or the command that sets it. */
function settingPage(plugin: string, setting: AdminSetting): Reply {
  const refs = `${shortRef(plugin)}:${shortRef(setting.key)}`
  const choices = setting.type === 'boolean' ? ['true', 'false'] : (setting.choices ?? [])
  const lines = [
    `${plugin}.${setting.key} = ${setting.value === '' ? '(not set)' : setting.value}`,
    setting.description ?? '',
    choices.length > 0 ? '' : `To change it, send: /set ${plugin} ${setting.key} VALUE`,
  ]
  return {
    text: lines.filter((line) => line !== '').join('\n'),
    buttons: [
      ...pairs(choices.slice(0, 40).map((choice, index) => ({ text: choice, data: `v:${refs}:${index}` }))),
      ...(setting.isSetByChat ? [[{ text: 'Back to config.json', data: `x:${refs}` }]] : []),
      [back(`c:${shortRef(plugin)}`)],
    ],
  }
}

/** Does what a button of these pages says, and gives the page to show then. */
export async function press(admin: AdminService, place: Place, data: string): Promise<Reply | undefined> {
  const [action, ref, second, third] = data.split(':')
  if (action === 'l') return listPage(admin, place, Math.max(0, Math.floor(Number(ref ?? 0))) || 0)
  const names = (await admin.plugins()).map(({ name }) => name)
  const name = findByRef(names, ref)
  if (name === undefined) return undefined
  switch (action) {
    case 'g':
      await admin.switchIn(place.chatId, name, second === '1')
      return listPage(admin, place, Math.floor(names.indexOf(name) / PER_PAGE))
    case 's':
      if (name === LOCKED) return undefined
      await admin.switchPlugin(name, second === '1')
      return pluginPage(admin, name)
    case 'r':
      await admin.restartPlugin(name)
      return withWords('It was started anew.', await pluginPage(admin, name))
    case 'p':
      return pluginPage(admin, name)
    case 'c':
      return settingsPage(admin, name)
    case 'k':
    case 'v':
    case 'x':
      return pressSetting(admin, name, { action, keyRef: second, choice: Number(third) })
    default:
      return undefined
  }
}

async function pressSetting(
  admin: AdminService,
  plugin: string,
  { action, keyRef, choice }: { action: string; keyRef: string | undefined; choice: number },
): Promise<Reply | undefined> {
  const find = async (): Promise<AdminSetting | undefined> => {
    const settings = await admin.settings(plugin)
    const key = findByRef(
      settings.map((setting) => setting.key),
      keyRef,
    )
    return settings.find((setting) => setting.key === key)
  }
  const setting = await find()
  if (!setting) return undefined
  if (action === 'x') await admin.changeSetting(plugin, setting.key, undefined)
  if (action === 'v') {
    const value = (setting.type === 'boolean' ? ['true', 'false'] : setting.choices)?.[choice]
    if (value === undefined) return undefined
    await admin.changeSetting(plugin, setting.key, value)
  }
  return settingPage(plugin, (await find()) ?? setting)
}

function sign({ name, isOn, state }: AdminPlugin, offHere: ReadonlySet<string> = new Set()): string {
  if (!isOn) return '⚪'
  if (['failed', 'parked', 'restarting'].includes(state)) return '🔴'
  return offHere.has(name) ? '🌑' : '🟢'
}

/** Without them a page would look the same, as if nothing had been done. */
function withWords(words: string, page: Reply): Reply {
  return { ...page, text: `${page.text as string}\n\n${words}` }
}

function back(data: string): Button {
  return { text: '« Back', data }
}

function pairs(buttons: readonly Button[]): Button[][] {
  return Array.from({ length: Math.ceil(buttons.length / 2) }, (_, row) =>
    buttons.slice(row * 2, row * 2 + 2),
  )
}
