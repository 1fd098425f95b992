import type { AdminService, AdminSetting, Reply } from '@pluggram/sdk'
import { findByRef, shortRef } from './button-data.ts'
import { back, pairs } from './button-rows.ts'
import { buttonData, chatOf } from './page-place.ts'
import type { Place, Scope } from './page-place.ts'
import { TEXTS } from './texts.ts'

/** Settings of one plugin, for everybody or for the chat in which they are shown. */
export interface SettingsOf {
  readonly plugin: string
  readonly scope: Scope
}

/** A page that asks for a value: an answer to the message sets that key. */
export interface AskingReply extends Reply {
  readonly asks?: { readonly plugin: string; readonly key: string; readonly scope: Scope }
}

const MAX_TEXT = 3_900
const MAX_BUTTONS = 80

/** The keys of a plugin, with their values and descriptions. */
export async function settingsPage(
  admin: AdminService,
  place: Place,
  { plugin, scope }: SettingsOf,
): Promise<Reply> {
  if (scope === 'everywhere' && place.isGroup) {
    return {
      text: TEXTS.onlyShowSettingsEverybody,
      buttons: [[back(buttonData('here', 'p', shortRef(plugin)))]],
    }
  }
  const settings = await shownSettings(admin, place, { plugin, scope })
  const changeable = settings.filter(({ isSecret }) => !isSecret)
  const buttons = changeable
    .slice(0, MAX_BUTTONS)
    .map(({ key }) => ({ text: key, data: buttonData(scope, 'k', shortRef(plugin), shortRef(key)) }))
  return {
    text: describeAll(plugin, scope, settings),
    buttons: [...pairs(buttons), [back(buttonData(scope, 'p', shortRef(plugin)))]],
  }
}

function describeAll(plugin: string, scope: Scope, settings: readonly AdminSetting[]): string {
  if (settings.length === 0) {
    return scope === 'here' ? TEXTS.hasNoSettingsSingle(plugin) : TEXTS.hasNoSettings(plugin)
  }
  const head =
    scope === 'here'
      ? `${plugin} settings in this chat (✏️ = set here; the others apply everywhere):`
      : `${plugin} settings (✏️ = changed in config.json):`
  const line = (setting: AdminSetting): string =>
    `${setting.key} = ${valueOf(setting)}${setting.isSet ? ' ✏️' : ''}`
  const whole = settings.map((setting) =>
    setting.description === undefined ? line(setting) : `${line(setting)}\n   ${setting.description}`,
  )
  const long = [head, ...whole].join('\n')
  return long.length <= MAX_TEXT ? long : [head, ...settings.map(line)].join('\n').slice(0, MAX_TEXT)
}

/** One key, with its choices as buttons. Other keys are set by an answer to the page. */
function settingPage({ plugin, scope }: SettingsOf, setting: AdminSetting): AskingReply {
  const refs = [shortRef(plugin), shortRef(setting.key)] as const
  const choices = choicesOf(setting)
  const here = scope === 'here' ? ' here' : ''
  const kind = setting.type === 'number' ? 'a number' : setting.type === 'other' ? 'JSON' : 'a text'
  const lines = [
    `${plugin}.${setting.key}${scope === 'here' ? ' in this chat' : ''} = ${valueOf(setting)}`,
    setting.description ?? '',
    choices.length > 0 ? '' : TEXTS.howToChange(kind, plugin, setting.key, here),
  ]
  return {
    text: lines
      .filter((line) => line !== '')
      .join('\n')
      .slice(0, MAX_TEXT),
    buttons: [
      ...pairs(
        choices
          .slice(0, MAX_BUTTONS)
          .map((choice, index) => ({ text: choice, data: buttonData(scope, 'v', ...refs, index) })),
      ),
      ...(setting.isSet
        ? [
            [
              {
                text: scope === 'here' ? TEXTS.sameEverywhere : TEXTS.resetDefault,
                data: buttonData(scope, 'x', ...refs),
              },
            ],
          ]
        : []),
      [back(buttonData(scope, 'c', shortRef(plugin)))],
    ],
    ...(choices.length === 0 && { asks: { plugin, key: setting.key, scope } }),
  }
}

/** Does what a button of a key says. */
export async function pressSetting(
  admin: AdminService,
  place: Place,
  {
    action,
    keyRef,
    choice,
    ...settings
  }: SettingsOf & {
    readonly action: string
    readonly keyRef: string | undefined
    readonly choice: number
  },
): Promise<AskingReply | undefined> {
  if (!['k', 'v', 'x'].includes(action) || (settings.scope === 'everywhere' && place.isGroup))
    return undefined
  const find = async (): Promise<AdminSetting | undefined> => {
    const shown = await shownSettings(admin, place, settings)
    const key = findByRef(
      shown.map((setting) => setting.key),
      keyRef,
    )
    return shown.find((setting) => setting.key === key && !setting.isSecret)
  }
  const setting = await find()
  if (!setting) return undefined
  const text = action === 'v' ? choicesOf(setting)[choice] : undefined
  if (action === 'v' && text === undefined) return undefined
  if (action !== 'k') {
    await admin.changeSetting({
      plugin: settings.plugin,
      key: setting.key,
      ...(text !== undefined && { text }),
      ...chatOf(place, settings.scope),
    })
  }
  return settingPage(settings, (await find()) ?? setting)
}

/** In a chat, only keys that can be set for single chats. */
async function shownSettings(
  admin: AdminService,
  place: Place,
  { plugin, scope }: SettingsOf,
): Promise<readonly AdminSetting[]> {
  if (scope === 'everywhere') return admin.settings(plugin)
  return (await admin.settings(plugin, place.chatId)).filter(({ isPerChat }) => isPerChat)
}

function choicesOf({ type, choices = [] }: AdminSetting): readonly string[] {
  return type === 'boolean' ? ['true', 'false'] : choices
}

function valueOf({ value, isMissing }: AdminSetting): string {
  if (isMissing) return '(missing)'
  return value === '' ? '(not set)' : value
}
