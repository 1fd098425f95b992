import type { BackoffOptions } from '@pluggram/base'
import type { Logger } from '@pluggram/sdk'
import type { Api } from 'grammy'
import type { BotCommand } from 'grammy/types'
import { toGrammySignal } from '../api/api.ts'
import { callPersistently, holdGate } from './call-persistently.ts'
import { createFloodHolds } from './send-gate.ts'

interface MenuCommand {
  readonly name: string
  readonly description: string
}

/** Keeps Telegram's command menu in sync with the plugins' commands. */
export interface CommandMenu {
  /** Never throws. Calls during a running sync are merged: only the last list counts. */
  sync(commands: readonly MenuCommand[]): Promise<void>
  /** Cancels a running sync. */
  stop(): void
}

export interface CommandMenuOptions {
  readonly api: Api
  readonly logger: Logger
  /** Delays after failures. Default 0.5 s up to 5 s. */
  readonly backoff?: BackoffOptions
  /** How many times a call is tried, not counting 429s. Default 8. */
  readonly tries?: number
}

/** Bot API: setMyCommands, BotCommand. */
const MAX_COMMANDS = 100
const MAX_DESCRIPTION = 256

export function createCommandMenu(options: CommandMenuOptions): CommandMenu {
  const { api, logger, backoff, tries } = options
  const stopping = new AbortController()
  const { signal } = stopping
  const grammySignal = toGrammySignal(signal)
  // Telegram limits changes of the menu separately, and for long. Menu and messages must not delay
  // each other.
  const gate = holdGate(
    createFloodHolds(() => performance.now()),
    'commands',
  )
  let wanted: readonly MenuCommand[] | undefined
  let working: Promise<void> | undefined
  let warned = ''

  const persistently = <T>(method: string, call: () => Promise<T>): Promise<T> =>
    callPersistently(call, { method, gate, signal }, { backoff, tries })

  async function work(): Promise<void> {
    while (wanted !== undefined && !signal.aborted) {
      const { menu, leftOut } = toMenu(wanted)
      wanted = undefined
      warnAbout(leftOut)
      try {
        await bring(menu)
      } catch (error) {
        if (!signal.aborted) logger.warn('could not update the command menu', { err: error })
      }
    }
  }

  async function bring(menu: readonly BotCommand[]): Promise<void> {
    const present = await persistently('getMyCommands', () => api.getMyCommands({}, grammySignal))
    if (isSameMenu(present, menu)) return
    if (menu.length === 0)
      await persistently('deleteMyCommands', () => api.deleteMyCommands({}, grammySignal))
    else await persistently('setMyCommands', () => api.setMyCommands(menu, {}, grammySignal))
    logger.debug('updated the command menu', { commands: menu.length })
  }

  function warnAbout(leftOut: readonly string[]): void {
    const names = leftOut.join(', ')
    if (names !== '' && names !== warned) {
      logger.warn(
        `left out of the command menu: ${names}. Telegram takes 100 commands with distinct names of 1 to 32 lower-case letters, digits and _`,
      )
    }
    warned = names
  }

  return {
    sync(commands): Promise<void> {
      wanted = [...commands]
      working ??= work().finally(() => {
        working = undefined
      })
      return working
    },
    stop: () => stopping.abort(),
  }
}

function toMenu(commands: readonly MenuCommand[]): { menu: BotCommand[]; leftOut: string[] } {
  const menu = new Map<string, BotCommand>()
  const leftOut: string[] = []
  for (const { name, description } of commands) {
    const isUsable = /^[a-z0-9_]{1,32}$/.test(name) && !menu.has(name) && menu.size < MAX_COMMANDS
    if (isUsable) menu.set(name, { command: name, description: shorten(description) || name })
    else leftOut.push(name)
  }
  return { menu: [...menu.values()], leftOut }
}

function shorten(description: string): string {
  const line = description.replaceAll(/\s+/g, ' ').trim().toWellFormed()
  if (line.length <= MAX_DESCRIPTION) return line
  return `${line.slice(0, MAX_DESCRIPTION - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

function isSameMenu(present: unknown, menu: readonly BotCommand[]): boolean {
  const shape = (list: readonly BotCommand[]): string =>
    JSON.stringify(list.map(({ command, description }) => [command, description]))
  return Array.isArray(present) && shape(present as BotCommand[]) === shape(menu)
}
