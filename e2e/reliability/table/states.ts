import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EmulatedUser } from '@pluggram/bot-api-emulator'
import { benchSettings } from './bench-home.ts'
import { isSummary } from './cell.ts'
import type { Cell } from './cell.ts'
import { beginBackup, checkBackup } from './backup-under-way.ts'
import { checkMigrated, putOldDatabase } from './old-database.ts'

/** A chat in which a state must leave exactly this many messages of the bot. */
export interface Want {
  readonly chatId: number
  readonly messages: number
}

/** What a state leaves behind. */
export interface Ending {
  readonly wants: readonly Want[]
  /** Effects outside of the chats; each must have happened exactly once. */
  readonly effects?: () => readonly string[]
}

export interface State {
  readonly name: string
  readonly hasClock?: boolean
  /** How many sends are in flight at once in this state; others are none. */
  readonly inFlight?: number
  /** The state begins before the assistant is ready. */
  readonly isStart?: boolean
  /** What is done before the assistant is started. */
  prepare?(cell: Cell, main: EmulatedUser): void
  /** Brings the assistant into the state; resolves when it is in it. */
  enter(cell: Cell, main: EmulatedUser): Promise<void>
  /** What a person does when the fault is over. */
  after?(cell: Cell, main: EmulatedUser): Promise<void>
  ending(cell: Cell, main: EmulatedUser): Ending
}

const one = (_cell: Cell, { id }: EmulatedUser): Ending => ({ wants: [{ chatId: id, messages: 1 }] })

const groups = new WeakMap<Cell, number>()
const readers = new WeakMap<Cell, readonly EmulatedUser[]>()

/** Whether a call of this method has begun and waits in the emulator. */
async function whileCalling(cell: Cell, method: string, begin: () => void): Promise<void> {
  cell.emulator.faults.add({ kind: 'delay', ms: 3_000, method })
  begin()
  await cell.until(`a call of ${method}`, () => cell.emulator.faults.remaining === 0)
}

const hasVisit = (cell: Cell, path: string) => (): boolean =>
  cell.work.visits.some((visit) => visit.path.startsWith(path))

export const STATES: readonly State[] = [
  { name: 'idle', enter: async () => {}, ending: () => ({ wants: [] }) },
  {
    name: 'plugin at work',
    async enter(cell, main) {
      cell.work.hold()
      cell.say(main, 'work 1')
      await cell.until('work', hasVisit(cell, '/work/1'))
    },
    ending: one,
  },
  {
    name: 'inline stream',
    async enter(cell, main) {
      cell.holdModel()
      cell.say(main, 'stream')
      await cell.until('a draft', () => cell.emulator.driver.drafts(main.id).length > 0)
    },
    ending: one,
  },
  {
    name: 'group stream',
    async enter(cell, main) {
      cell.holdModel()
      const { id } = cell.emulator.driver.createChat({
        type: 'supergroup',
        title: 'Friends',
        memberIds: [main.id],
      })
      groups.set(cell, id)
      cell.say(main, 'stream', id)
      await cell.until('an edited preview', () => cell.shown(id).some(({ editDate }) => editDate))
    },
    ending: (cell) => ({ wants: [{ chatId: groups.get(cell) ?? 0, messages: 1 }] }),
  },
  {
    name: 'tool between call and result',
    async enter(cell, main) {
      cell.work.hold()
      cell.say(main, 'order to Bob')
      await cell.until('a call of the tool', hasVisit(cell, '/order'))
    },
    ending: (cell, main) => ({ ...one(cell, main), effects: () => keysOf(cell, '/order') }),
  },
  {
    name: 'approval open',
    async enter(cell, main) {
      cell.say(main, 'post to Bob')
      await cell.until('a question', () => cell.shown(main.id).some(({ buttons }) => buttons.length > 0))
    },
    // the answer waits at the question, and goes on after the press
    async after(cell, main) {
      const question = cell.shown(main.id).find(({ buttons }) => buttons.length > 0)
      if (!question) throw new Error('the question is gone')
      cell.emulator.driver.pressButton(main.id, question.id, { userId: main.id, row: 0, column: 0 })
    },
    ending: (cell, { id }) => ({
      wants: [{ chatId: id, messages: 2 }],
      effects: () => keysOf(cell, '/post'),
    }),
  },
  {
    name: 'question open',
    async enter(cell, main) {
      cell.say(main, '/form party')
      await cell.until('a question', () => cell.shown(main.id).some(({ text }) => text.includes('your name')))
    },
    async after(cell, main) {
      const before = cell.shown(main.id).length
      cell.say(main, 'Ada Lovelace')
      await cell.until('a question to confirm', () => cell.shown(main.id).length > before)
    },
    ending: (cell, { id }) => ({ wants: [{ chatId: id, messages: 2 }] }),
  },
  {
    name: 'schedule firing',
    hasClock: true,
    async enter(cell) {
      cell.work.hold()
      await cell.until('a run', hasVisit(cell, '/tick'))
    },
    async after(cell) {
      const ran = cell.work.visits.length
      await cell.until('two more runs', () => cell.work.visits.length >= ran + 2)
    },
    ending: (cell) => ({
      wants: [],
      effects: () => cell.work.visits.map(({ path }) => path).filter((path) => path.startsWith('/tick')),
    }),
  },
  {
    name: 'broadcast',
    inFlight: 4,
    async enter(cell, main) {
      const people = Array.from({ length: 150 }, () => cell.person())
      readers.set(cell, people)
      cell.say(main, `/news ${people.map(({ id }) => id).join(',')}`)
      // the plugin has posted all; Telegram's pace lets them out within five seconds
      await cell.until('that all is kept', () => cell.shown(main.id).length > 0)
      await cell.until('the first news', () => people.some(({ id }) => cell.shown(id).length > 0))
    },
    ending: (cell, { id }) => ({
      wants: [
        { chatId: id, messages: 1 },
        ...(readers.get(cell) ?? []).map((person) => ({ chatId: person.id, messages: 1 })),
      ],
    }),
  },
  {
    name: 'upload',
    inFlight: 1,
    enter: (cell, main) => whileCalling(cell, 'sendDocument', () => cell.say(main, 'upload')),
    ending: one,
  },
  {
    name: 'download',
    enter: (cell, main) =>
      whileCalling(cell, 'getFile', () => {
        cell.emulator.driver.sendFile(main.id, {
          userId: main.id,
          kind: 'document',
          bytes: new Uint8Array(300_000),
          fileName: 'a.bin',
          mimeType: 'application/octet-stream',
        })
      }),
    ending: one,
  },
  {
    name: 'hot reload',
    async enter(cell) {
      const file = join(cell.home, 'plugins', 'bench.ts')
      const before = await cell.pluginProcesses()
      await writeFile(file, `${await readFile(file, 'utf8')}\n// saved again\n`)
      await cell.until('a process of the new version', async () =>
        (await cell.pluginProcesses()).some((pid) => !before.includes(pid)),
      )
    },
    ending: () => ({ wants: [] }),
  },
  {
    name: 'settings being written',
    async enter(cell) {
      const file = join(cell.home, 'config.json')
      await writeFile(`${file}.new`, JSON.stringify(benchSettings(cell.work.url, 'changed: ')))
      await rename(`${file}.new`, file)
    },
    async after(cell) {
      const person = cell.person()
      cell.say(person, 'say it')
      await cell.until('an answer by the new settings', () => {
        if (cell.shown(person.id).some(({ text }) => text === 'changed: it')) return true
        // the change may be seen a moment later
        if (cell.shown(person.id).length > 0 && cell.shown(person.id).length < 20) cell.say(person, 'say it')
        return false
      })
    },
    ending: () => ({ wants: [] }),
  },
  {
    name: 'summary',
    async enter(cell, main) {
      cell.holdSummaries()
      for (let turn = 1; turn <= 4; turn++) {
        cell.say(main, `Turn ${turn}`)
        await cell.until('an answer', () => cell.shown(main.id).length === turn)
      }
      await cell.until('a request for a summary', () => cell.modelAsked.some(isSummary))
    },
    ending: (_cell, { id }) => ({ wants: [{ chatId: id, messages: 4 }] }),
  },
  {
    name: 'start',
    isStart: true,
    async enter(cell) {
      await cell.program.waitFor(/starting in/, 60_000)
    },
    ending: () => ({ wants: [] }),
  },
  {
    name: 'migration',
    isStart: true,
    prepare: (cell, { id }) => putOldDatabase(cell, id),
    async enter(cell) {
      await cell.program.waitFor(/starting in/, 60_000)
    },
    async after(cell) {
      checkMigrated(cell)
    },
    ending: one,
  },
  {
    name: 'backup',
    enter: (cell) => beginBackup(cell),
    after: (cell) => checkBackup(cell),
    ending: () => ({ wants: [] }),
  },
]

/**
 * What a service that drops repeated calls would have done: one entry for each idempotency key.
 */
function keysOf(cell: Cell, path: string): string[] {
  const visits = cell.work.visits.filter((visit) => visit.path.startsWith(path))
  return [...new Set(visits.map(({ body }) => body))].map(() => path)
}
