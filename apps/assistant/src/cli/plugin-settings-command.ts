import { z } from '@pluggram/sdk'
import { askOnlyRunning } from './ask-running.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { printJson } from './print-json.ts'

/** Whose setting it is: everybody's, or one chat's. */
export interface SettingsTarget {
  readonly plugin: string
  readonly chat: string | undefined
}

const CHAT_ID = /^-?\d{1,16}$/
const STOPPED = ' Settings can be checked only while their plugin runs. Without it, edit config.json.'

const listSchema = z.object({
  settings: z.array(
    z.object({
      key: z.string(),
      value: z.string(),
      isMissing: z.boolean(),
      isSet: z.boolean(),
      isPerChat: z.boolean(),
      description: z.string().optional(),
    }),
  ),
})

/** Prints a plugin's settings with secrets hidden; with a chat, the values that apply there. */
export async function listSettings(cli: CliEnvironment, target: SettingsTarget): Promise<number> {
  if (!isChat(cli, target)) return 1
  const path = target.chat === undefined ? pathOf(target) : `${pathOf(target)}?chat=${target.chat}`
  const { settings } = await askOnlyRunning(cli, { method: 'GET', path, answer: listSchema }, STOPPED)
  if (cli.isJson) return printJson(cli, settings)
  if (settings.length === 0) cli.print(`${target.plugin} has no settings, or does not run.`)
  const width = Math.max(0, ...settings.map(({ key }) => key.length))
  for (const { key, value, isMissing, isSet, isPerChat, description = '' } of settings) {
    const shown = isMissing ? '(missing)' : value === '' ? '(not set)' : value
    const marks = [isSet ? 'set' : '', isPerChat ? 'per chat' : ''].filter((mark) => mark !== '')
    cli.print(`${key.padEnd(width)}  ${shown}${marks.length > 0 ? `  [${marks.join(', ')}]` : ''}`)
    if (description !== '') cli.print(`${' '.repeat(width)}  ${description}`)
  }
  return 0
}

/** Sets a key, for everybody in config.json or for one chat. Without a text, removes it. */
export async function changeSetting(
  cli: CliEnvironment,
  target: SettingsTarget,
  { key, text }: { readonly key: string; readonly text: string | undefined },
): Promise<number> {
  if (!isChat(cli, target)) return 1
  const { plugin, chat } = target
  const body = { key, ...(text !== undefined && { text }), ...(chat !== undefined && { chat: Number(chat) }) }
  await askOnlyRunning(cli, { method: 'POST', path: pathOf(target), body, answer: z.unknown() }, STOPPED)
  const where = chat === undefined ? 'in config.json' : `in chat ${chat}`
  cli.print(`${text === undefined ? 'Reset' : 'Set'} ${plugin}.${key} ${where}.`)
  return 0
}

function pathOf({ plugin }: SettingsTarget): string {
  return `/api/plugins/${encodeURIComponent(plugin)}/settings`
}

function isChat(cli: CliEnvironment, { chat }: SettingsTarget): boolean {
  if (chat === undefined || CHAT_ID.test(chat)) return true
  cli.printError('--chat takes the id of a chat, for example --chat=-1001234567890.')
  return false
}
