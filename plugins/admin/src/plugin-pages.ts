import type { AdminPlugin, AdminService, Button, Reply } from '@pluggram/sdk'
import { findByRef, shortRef } from './button-data.ts'
import { back, pairs } from './button-rows.ts'
import { buttonData, parseAction } from './page-place.ts'
import type { Place, Scope } from './page-place.ts'
import { pressSetting, settingsPage } from './setting-pages.ts'
import { TEXTS } from './texts.ts'

const PER_PAGE = 20
/** Switching off this plugin cannot be undone by chat. */
const LOCKED = 'admin'

/** The list of plugins with a button for each. */
export async function listPage(admin: AdminService, place: Place, page = 0): Promise<Reply> {
  const plugins = await admin.plugins()
  const off = new Set(await admin.offIn(place.chatId))
  const scope = place.isGroup ? 'here' : 'everywhere'
  const shown = plugins.slice(page * PER_PAGE, (page + 1) * PER_PAGE)
  const buttons = pairs(
    shown.map((plugin) => ({
      text: `${sign(plugin, off)} ${shortTitle(plugin)}`,
      data: buttonData(scope, 'p', shortRef(plugin.name)),
    })),
  )
  const turns: Button[] = [
    ...(page > 0 ? [{ text: '‹', data: `l:${page - 1}` }] : []),
    ...(plugins.length > (page + 1) * PER_PAGE ? [{ text: '›', data: `l:${page + 1}` }] : []),
  ]
  const count = TEXTS.countOn(plugins.filter(({ isOn }) => isOn).length, plugins.length)
  return {
    text: place.isGroup ? TEXTS.pluginsOffGroupOnly(count) : TEXTS.pluginsPressOneManage(count),
    buttons: turns.length > 0 ? [...buttons, turns] : buttons,
  }
}

/** One plugin: its state, and what can be done with it, here or everywhere. */
export async function pluginPage(
  admin: AdminService,
  place: Place,
  { name, scope }: { readonly name: string; readonly scope: Scope },
): Promise<Reply> {
  const plugin = (await admin.plugins()).find((item) => item.name === name)
  if (!plugin) return { text: TEXTS.pluginNoLongerExists(name), buttons: [[back('l')]] }
  const isOffHere = (await admin.offIn(place.chatId)).includes(name)
  const ref = shortRef(name)
  const lines = [
    `${sign(plugin, new Set(isOffHere ? [name] : []))} ${titleOf(plugin)}: ${plugin.state}, ${plugin.isolation === 'inline' ? 'inside the assistant' : 'in its own process'}`,
    plugin.description ?? '',
    plugin.problem === undefined ? '' : `⚠️ ${plugin.problem}`,
    scope === 'here' ? TEXTS.stateInChat(plugin.isOn && !isOffHere ? 'on' : 'off') : '',
  ]
  const isOn = scope === 'here' ? !isOffHere : plugin.isOn
  const mayConfigure = plugin.isOn && (scope === 'here' || !place.isGroup)
  const mark = scope === 'here' ? ' here' : ''
  const actions: Button[] = [
    ...(name === LOCKED
      ? []
      : [
          {
            text: TEXTS.switchTo(isOn ? 'off' : 'on', mark),
            data: buttonData(scope, 's', ref, isOn ? 0 : 1),
          },
        ]),
    ...(plugin.isOn && scope === 'everywhere'
      ? [{ text: TEXTS.restart, data: buttonData(scope, 'r', ref) }]
      : []),
    ...(mayConfigure ? [{ text: TEXTS.configure(mark), data: buttonData(scope, 'c', ref) }] : []),
  ]
  const other: Button =
    scope === 'here'
      ? { text: TEXTS.everywhere, data: buttonData('everywhere', 'p', ref) }
      : { text: TEXTS.inThisChat, data: buttonData('here', 'p', ref) }
  return { text: lines.filter((line) => line !== '').join('\n'), buttons: [actions, [other, back('l')]] }
}

/** Switches a plugin. The returned text is for people. */
export async function switchPlugin(
  admin: AdminService,
  place: Place,
  { name, scope, isOn }: { readonly name: string; readonly scope: Scope; readonly isOn: boolean },
): Promise<string> {
  if (name === LOCKED) return TEXTS.mustStayOn
  if (scope === 'here') await admin.switchIn(place.chatId, name, isOn)
  else await admin.switchPlugin(name, isOn)
  return `${name} is ${isOn ? 'on' : 'off'}${scope === 'here' ? ' in this chat' : ''}.`
}

/** Does what a button of these pages says, and returns the page to show next. */
export async function press(admin: AdminService, place: Place, data: string): Promise<Reply | undefined> {
  const [word = '', ref, second, third] = data.split(':')
  if (word === 'l') return listPage(admin, place, Math.max(0, Math.floor(Number(ref ?? 0))) || 0)
  const parsed = parseAction(word)
  const names = (await admin.plugins()).map(({ name }) => name)
  const name = findByRef(names, ref)
  if (!parsed || name === undefined) return undefined
  const { scope, action } = parsed
  const page = (): Promise<Reply> => pluginPage(admin, place, { name, scope })
  switch (action) {
    case 's':
      await switchPlugin(admin, place, { name, scope, isOn: second === '1' })
      return page()
    case 'r':
      await admin.restartPlugin(name)
      return withWords('Restarted.', await page())
    case 'p':
      return page()
    case 'c':
      return settingsPage(admin, place, { plugin: name, scope })
    default:
      return pressSetting(admin, place, {
        plugin: name,
        scope,
        action,
        keyRef: second,
        choice: Number(third),
      })
  }
}

function titleOf({ name, title = name }: AdminPlugin): string {
  return title
}

/** Fits on one of two buttons beside each other on a narrow phone. */
function shortTitle(plugin: AdminPlugin): string {
  const title = titleOf(plugin)
  return title.length <= 18 ? title : `${title.slice(0, 17).toWellFormed().trimEnd()}…`
}

function sign({ name, isOn, state }: AdminPlugin, offHere: ReadonlySet<string>): string {
  if (!isOn) return '⚪'
  if (['failed', 'parked', 'restarting'].includes(state)) return '🔴'
  return offHere.has(name) ? '🌑' : '🟢'
}

/** Without these words the page would look unchanged, as if nothing had been done. */
function withWords(words: string, page: Reply): Reply {
  return { ...page, text: `${page.text as string}\n\n${words}` }
}
