import type { BackoffOptions } from '@pluggram/base'
import type { Logger } from '@pluggram/sdk'
import type { Api } from 'grammy'
import type { BotCommand, BotCommandScope, LanguageCode } from 'grammy/types'
import { toGrammySignal } from '../api/api.ts'
import { TelegramError } from '../api/errors.ts'
import { callPersistently, holdGate } from './call-persistently.ts'
import { acceptedMenu, toMenu } from './menu-commands.ts'
import type { MenuCommand } from './menu-commands.ts'
import { createFloodHolds } from './send-gate.ts'

/** The commands that some people see, in one language or in all that have no menu of their own. */
export interface Menu {
  readonly scope: BotCommandScope
  /** ISO 639-1. */
  readonly language?: string
  readonly commands: readonly MenuCommand[]
}

/** Where a menu is. */
export type MenuPlace = Pick<Menu, 'scope' | 'language'>

/** Which menus earlier runs left behind, so that those of people who lost their role are taken away. */
export interface MenuPlaces {
  read(): Promise<readonly MenuPlace[]>
  write(places: readonly MenuPlace[]): Promise<void>
}

/** Keeps Telegram's command menus in sync with the plugins' commands. */
export interface CommandMenu {
  /** Never throws. Calls during a running sync are merged: only the last menus count. */
  sync(menus: readonly Menu[]): Promise<void>
  /** Cancels a running sync. */
  stop(): void
}

export interface CommandMenuOptions {
  readonly api: Api
  readonly logger: Logger
  /** Default: only this run's menus are known. */
  readonly places?: MenuPlaces
  /** Delays after failures. Default 0.5 s up to 5 s. */
  readonly backoff?: BackoffOptions
  /** How many times a call is tried, not counting 429s. Default 8. */
  readonly tries?: number
}

export function createCommandMenu(options: CommandMenuOptions): CommandMenu {
  const { api, logger, places, backoff, tries } = options
  const stopping = new AbortController()
  const { signal } = stopping
  const grammySignal = toGrammySignal(signal)
  // Telegram limits changes of the menu separately, and for long. Menu and messages must not delay
  // each other.
  const gate = holdGate(
    createFloodHolds(() => performance.now()),
    'commands',
  )
  /** What was brought about, by place. */
  const done = new Map<string, Menu & { readonly asked: string }>()
  const memory = createPlaceMemory(places, logger)
  const warned = new Set<string>()
  let wanted: readonly Menu[] | undefined
  let working: Promise<void> | undefined

  const persistently = <T>(method: string, call: () => Promise<T>): Promise<T> =>
    callPersistently(call, { method, gate, signal }, { backoff, tries })

  async function work(): Promise<void> {
    while (wanted !== undefined && !signal.aborted) {
      const menus = new Map(wanted.map((menu) => [placeOf(menu), menu]))
      wanted = undefined
      for (const place of await memory.former())
        done.set(placeOf(place), { ...place, commands: [], asked: '' })
      // before the menus are there, so that an end of the program leaves none behind unknown
      await memory.note([...done.values(), ...menus.values()])
      for (const [place, former] of done)
        if (!menus.has(place)) await attempt({ ...former, commands: [] }, place)
      for (const [place, menu] of menus) await attempt(menu, place)
      await memory.note([...done.values()])
    }
  }

  /** One menu that Telegram refuses must not keep the others from being shown. */
  async function attempt(menu: Menu, place: string): Promise<void> {
    const asked = JSON.stringify(menu.commands)
    if (signal.aborted || done.get(place)?.asked === asked) return
    try {
      await bring(menu, { api, signal: grammySignal, persistently, warnAbout, logger })
      if (menu.commands.length === 0) done.delete(place)
      else done.set(place, { ...menu, asked })
    } catch (error) {
      if (signal.aborted) return
      // somebody who never wrote to the bot has no chat whose menu could be changed
      if (menu.scope.type === 'chat' && isRefused(error))
        logger.debug('a chat has no command menu of its own', { chat: menu.scope.chat_id, err: error })
      else logger.warn('could not update the command menu', { err: error })
    }
  }

  function warnAbout(leftOut: readonly string[]): void {
    const names = leftOut.filter((name) => !warned.has(name))
    if (names.length === 0) return
    for (const name of names) warned.add(name)
    logger.warn(
      `left out of the command menu: ${names.join(', ')}. Telegram takes 100 commands with distinct names of 1 to 32 lower-case letters, digits and _`,
    )
  }

  return {
    sync(menus): Promise<void> {
      wanted = [...menus]
      working ??= work().finally(() => {
        working = undefined
      })
      return working
    },
    stop: () => stopping.abort(),
  }
}

/** Where menus are, over restarts. */
function createPlaceMemory(places: MenuPlaces | undefined, logger: Logger) {
  let noted: string | undefined
  return {
    /** The places of earlier runs; none when asked again. */
    async former(): Promise<readonly MenuPlace[]> {
      if (noted !== undefined) return []
      const former = (await places?.read().catch(() => undefined)) ?? []
      noted = JSON.stringify(former)
      return former
    },
    async note(menus: readonly MenuPlace[]): Promise<void> {
      const all = new Map(
        menus.map(({ scope, language }) => {
          const place: MenuPlace = { scope, ...(language !== undefined && { language }) }
          return [placeOf(place), place]
        }),
      )
      const next = JSON.stringify([...all.values()])
      if (next === noted) return
      noted = next
      await places?.write([...all.values()]).catch((error: unknown) => {
        logger.debug('could not note which command menus there are', { err: error })
      })
    },
  }
}

interface Writing {
  readonly api: Api
  readonly signal: ReturnType<typeof toGrammySignal>
  persistently<T>(method: string, call: () => Promise<T>): Promise<T>
  warnAbout(leftOut: readonly string[]): void
  readonly logger: Logger
}

/** Writes a menu, if it is not there already. */
async function bring(
  { scope, language, commands }: Menu,
  { api, signal, persistently, warnAbout, logger }: Writing,
): Promise<void> {
  const where = { scope, ...(language !== undefined && { language_code: language as LanguageCode }) }
  const { menu, leftOut } = toMenu(commands)
  warnAbout(leftOut)
  const present = await persistently('getMyCommands', () => api.getMyCommands(where, signal))
  if (isSameMenu(present, menu)) return
  if (menu.length === 0) {
    await persistently('deleteMyCommands', () => api.deleteMyCommands(where, signal))
    return
  }
  const refused = await acceptedMenu(menu, async (list) => {
    try {
      await persistently('setMyCommands', () => api.setMyCommands(list, where, signal))
      return undefined
    } catch (error) {
      const reason = refusalOf(error)
      if (reason === undefined) throw error
      return reason
    }
  })
  warnAbout(refused)
  logger.debug('updated the command menu', { scope: scope.type, commands: menu.length - refused.length })
}

function placeOf({ scope, language = '' }: MenuPlace): string {
  return `${scope.type}:${'chat_id' in scope ? scope.chat_id : ''}:${language}`
}

/** Telegram's words about commands that it refuses; `undefined` for any other failure. */
function refusalOf(error: unknown): string | undefined {
  const text = error instanceof TelegramError ? (error.description ?? '') : ''
  return /BOT_COMMANDS?_[A-Z_]+/.exec(text)?.[0]
}

function isRefused(error: unknown): boolean {
  return error instanceof TelegramError && error.failure === 'refused'
}

function isSameMenu(present: unknown, menu: readonly BotCommand[]): boolean {
  const shape = (list: readonly BotCommand[]): string =>
    JSON.stringify(list.map(({ command, description }) => [command, description]))
  return Array.isArray(present) && shape(present as BotCommand[]) === shape(menu)
}
