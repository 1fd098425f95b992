import { join } from 'node:path'
import type { AdminSetting } from '@pluggram/sdk'
import { createLoginLink } from '../access-keys.ts'
import type { CliEnvironment } from './cli-environment.ts'

/** For whom a setting is: everybody, or one chat. */
export interface SettingsTarget {
  readonly plugin: string
  readonly chat: string | undefined
}

/** Prints a plugin's settings, secrets hidden; with a chat as they hold there. */
export async function listSettings(cli: CliEnvironment, target: SettingsTarget): Promise<number> {
  const answer = await call(cli, target)
  if (!answer) return 1
  const { settings = [] } = answer as { settings?: readonly AdminSetting[] }
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

/** Sets a key, for everybody in config.json or for one chat; without a text it is taken back. */
export async function changeSetting(
  cli: CliEnvironment,
  target: SettingsTarget,
  { key, text }: { readonly key: string; readonly text: string | undefined },
): Promise<number> {
  const { chat } = target
  const answer = await call(cli, target, {
    key,
    ...(text !== undefined && { text }),
    ...(chat !== undefined && { chat: Number(chat) }),
  })
  if (!answer) return 1
  const where = chat === undefined ? 'in config.json' : `in chat ${chat}`
  cli.print(`${target.plugin}.${key} is ${text === undefined ? 'taken back' : 'set'} ${where}.`)
  return 0
}

/** Asks the running assistant, which knows what the plugin takes; what went wrong is printed. */
async function call(cli: CliEnvironment, { plugin, chat }: SettingsTarget, body?: object): Promise<unknown> {
  if (chat !== undefined && !/^-?\d{1,16}$/.test(chat)) {
    cli.printError('--chat takes the id of a chat, for example --chat=-1001234567890.')
    return undefined
  }
  const link = createLoginLink(join(cli.home, 'data'))
  const cookie = link === undefined ? undefined : await logIn(link)
  if (link === undefined || cookie === undefined) {
    cli.printError(
      `No assistant runs in ${cli.home}, and only a running one knows what a plugin takes. "npx pluggram start" starts it; for everybody, config.json can be written without it.`,
    )
    return undefined
  }
  const url = new URL(`/api/plugins/${encodeURIComponent(plugin)}/settings`, link)
  if (!body && chat !== undefined) url.searchParams.set('chat', chat)
  const response = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: { cookie, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const answer = (await response.json()) as { error?: { message?: string } }
  if (response.ok) return answer
  cli.printError(answer.error?.message ?? `The assistant answered with ${response.status}.`)
  return undefined
}

async function logIn(link: string): Promise<string | undefined> {
  try {
    const login = await fetch(link, { redirect: 'manual', signal: AbortSignal.timeout(3_000) })
    return login.headers.getSetCookie()[0]?.split(';')[0]
  } catch {
    return undefined
  }
}
