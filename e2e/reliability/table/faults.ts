import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BotApiEmulator, EmulatedUser } from '@pluggram/bot-api-emulator'
import type { Cell } from './cell.ts'

export interface Fault {
  readonly name: string
  /** How long it lasts, in seconds: in the table, and in the short form that tests use. */
  readonly seconds: readonly [table: number, short: number]
  readonly isOnSmallDisk?: boolean
  /** By design, the chat that it hits may miss messages until its person writes again. */
  readonly mayLoseMain?: boolean
  /** Begins; the returned function ends it and resolves when the assistant runs. */
  strike(cell: Cell, main: EmulatedUser, seconds: number): Promise<() => Promise<void>>
}

type TelegramFault = Parameters<BotApiEmulator['faults']['add']>[0]

const ALWAYS = 1_000_000
const SENDING = ['sendMessage', 'sendDocument', 'editMessageText', 'sendMessageDraft']

/** Every call of the bot, or every message to the main chat, meets the fault. */
function telegram(
  name: string,
  seconds: Fault['seconds'],
  faultOf: (main: EmulatedUser, seconds: number) => TelegramFault,
): Fault {
  return {
    name,
    seconds,
    async strike({ emulator }, main, lasts) {
      emulator.faults.clear()
      emulator.faults.add(faultOf(main, lasts))
      return async () => emulator.faults.clear()
    },
  }
}

function ending(name: string, signal: NodeJS.Signals): Fault {
  return {
    name,
    seconds: [3, 1],
    async strike(cell) {
      await cell.program.stop(signal)
      return () => cell.start()
    },
  }
}

export const FAULTS: readonly Fault[] = [
  ending('kill -9', 'SIGKILL'),
  ending('SIGTERM', 'SIGTERM'),
  {
    name: 'disk full',
    seconds: [10, 4],
    isOnSmallDisk: true,
    async strike({ disk }) {
      await disk?.fill()
      return async () => disk?.free()
    },
  },
  {
    name: 'file locked 30 s',
    seconds: [30, 7],
    async strike(cell) {
      const other = new DatabaseSync(join(cell.home, 'data', 'pluggram.db'), { timeout: 10_000 })
      other.exec('BEGIN IMMEDIATE')
      return async () => other.close()
    },
  },
  telegram('Telegram 401', [15, 4], () => ({ kind: 'unauthorized', times: ALWAYS })),
  {
    ...telegram('Telegram 403', [10, 3], ({ id }) => ({
      kind: 'forbidden',
      method: SENDING,
      chatId: id,
      times: ALWAYS,
    })),
    mayLoseMain: true,
  },
  telegram('Telegram 409', [15, 4], () => ({ kind: 'conflict', method: 'getUpdates', times: ALWAYS })),
  telegram('429 of 600 s', [600, 10], ({ id }, seconds) => ({
    kind: 'too-many-requests',
    retryAfter: seconds,
    method: SENDING,
    chatId: id,
  })),
  telegram('cut off 3 min', [180, 8], () => ({ kind: 'drop-request', times: ALWAYS })),
  telegram('10 s a call', [40, 12], (_main, seconds) => ({
    kind: 'delay',
    ms: Math.min(10_000, seconds * 250),
    times: ALWAYS,
  })),
  {
    name: 'model hung',
    seconds: [30, 18],
    async strike(cell) {
      cell.hangModel()
      return async () => cell.releaseModel()
    },
  },
  {
    name: 'clock ± 1 day',
    seconds: [20, 6],
    async strike({ program }, _main, seconds) {
      const move = (): boolean => process.kill(program.pid, 'SIGUSR2')
      move()
      await sleep((seconds / 2) * 1_000)
      move()
      return async () => void move()
    },
  },
  {
    name: 'plugin crash',
    seconds: [3, 1],
    async strike(cell) {
      for (const pid of await cell.pluginProcesses()) process.kill(pid, 'SIGKILL')
      return async () => {}
    },
  },
]
