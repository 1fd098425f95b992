import type { DatabaseSync } from 'node:sqlite'
import { botInSql } from '../bot-id.ts'
import type { AccessMode, AccessStore, KnownParty } from '../contracts/access-store.ts'
import type { CommitQueue } from './commit-queue.ts'

interface Remembered extends KnownParty {
  /** When the stranger was last told that they may not chat; milliseconds since 1970. */
  readonly toldAt: number | null
}

const HOUR_MS = 60 * 60 * 1_000
const WEEK_MS = 7 * 24 * HOUR_MS
/** How many strangers are remembered; the oldest are deleted. */
const MAX_STRANGERS = 500

export interface AccessStoreOptions {
  /** The bot whose users these are. */
  readonly bot: number
  /** Milliseconds since 1970; injected by tests. */
  readonly now?: () => number
}

/** Implements `AccessStore` in SQLite. */
export function createSqliteAccessStore(
  queue: CommitQueue,
  { bot, now = Date.now }: AccessStoreOptions,
): AccessStore {
  const statements = prepare(queue.connection, botInSql(bot))
  const switches = createSwitches(queue, statements)
  const parties = createParties(queue, statements, now)
  const { put } = parties
  return {
    ...parties.store,
    ...createModeChoice(queue, statements),
    offIn: (chatId) => switches.offIn(chatId),
    switchInChat: (chatId, plugin, isOn) => switches.switchInChat(chatId, plugin, isOn),
    move(from, to) {
      const party = parties.rename(from, to)
      const moveSwitches = switches.move(from, to)
      return queue.write(() => {
        put(from)
        if (party) put(to)
        moveSwitches()
      })
    },
  }
}

type PartyStore = Pick<
  AccessStore,
  'parties' | 'standingOf' | 'hasOwner' | 'decide' | 'note' | 'noteTold' | 'forget'
>

/** People and groups. */
function createParties(
  queue: CommitQueue,
  statements: ReturnType<typeof prepare>,
  now: () => number,
): {
  readonly store: PartyStore
  /** Writes the current record of a party, or deletes it, within a transaction. */
  put(id: number): void
  rename(from: number, to: number): Remembered | undefined
} {
  const parties = new Map<number, Remembered>()
  for (const row of statements.all.all()) parties.set(Number(row.id), toParty(row))
  const owners = new Set(parties.values().flatMap(({ id, standing }) => (standing === 'owner' ? [id] : [])))

  function put(id: number): void {
    const party = parties.get(id)
    if (!party) return void statements.remove.run(id)
    const { standing, name, username = null, notedAt, toldAt } = party
    statements.put.run(id, standing, name, username, notedAt.getTime(), toldAt)
  }
  const write = (id: number): Promise<void> => queue.write(() => put(id))

  function putLater(id: number, party: Remembered): void {
    parties.set(id, party)
    void queue.writeLater(() => put(id)).catch(() => {})
  }

  function trimStrangers(): void {
    const strangers = [...parties.values()].filter(({ standing }) => standing === 'unknown')
    for (const { id } of strangers.toSorted(byLatest).slice(MAX_STRANGERS)) {
      parties.delete(id)
      void queue.writeLater(() => put(id)).catch(() => {})
    }
  }

  const store: PartyStore = {
    parties: () => [...parties.values()].toSorted(byLatest).map(({ toldAt: _toldAt, ...party }) => party),
    standingOf(id) {
      const standing = parties.get(id)?.standing
      return standing === 'unknown' ? undefined : standing
    },
    hasOwner: () => owners.size > 0,
    decide(id, standing, name = '') {
      const before = parties.get(id)
      if (standing === 'owner') owners.add(id)
      else owners.delete(id)
      parties.set(id, {
        ...before,
        id,
        standing: standing ?? 'unknown',
        name: name || (before?.name ?? ''),
        notedAt: new Date(now()),
        toldAt: before?.toldAt ?? null,
      })
      return write(id)
    },
    ...createNotes(parties, { putLater, trimStrangers, now }),
    forget(userId) {
      const party = parties.get(userId)
      if (party?.standing === 'unknown') parties.delete(userId)
      else if (party) {
        const { username: _forgotten, ...rest } = party
        parties.set(userId, { ...rest, name: '' })
      }
      return write(userId)
    },
  }
  return {
    store,
    put,
    rename(from, to) {
      const party = parties.get(from)
      if (party) parties.set(to, { ...party, id: to })
      parties.delete(from)
      return party
    },
  }
}

/** What is noted about people who write, from memory for most messages. */
function createNotes(
  parties: ReadonlyMap<number, Remembered>,
  {
    putLater,
    trimStrangers,
    now,
  }: { putLater(id: number, party: Remembered): void; trimStrangers(): void; now(): number },
): Pick<AccessStore, 'note' | 'noteTold'> {
  return {
    note({ id, name, username }) {
      const before = parties.get(id)
      const isRecent = before !== undefined && before.notedAt.getTime() > now() - HOUR_MS
      if (isRecent && before.name === name && before.username === username) return
      const { username: _former, ...rest } = before ?? { id, standing: 'unknown', toldAt: null }
      putLater(id, { ...rest, name, notedAt: new Date(now()), ...(username !== undefined && { username }) })
      if (!before) trimStrangers()
    },
    noteTold(id) {
      const party = parties.get(id)
      if ((party?.toldAt ?? 0) > now() - WEEK_MS) return false
      const fresh = { id, standing: 'unknown', name: '', notedAt: new Date(now()) } as const
      putLater(id, { ...(party ?? fresh), toldAt: now() })
      return true
    },
  }
}

/** Who may chat, as an owner chose. */
function createModeChoice(
  queue: CommitQueue,
  statements: ReturnType<typeof prepare>,
): Pick<AccessStore, 'mode' | 'chooseMode'> {
  let mode = statements.mode.get()?.mode as AccessMode | undefined
  return {
    mode: () => mode,
    async chooseMode(chosen) {
      mode = chosen
      await queue.write(() => statements.chooseMode.run(chosen))
    },
  }
}

/** Plugins that are off in single chats. */
function createSwitches(queue: CommitQueue, statements: ReturnType<typeof prepare>) {
  const switchedOff = new Map<number, Set<string>>()

  function noteOff(chatId: number, plugin: string): void {
    const plugins = switchedOff.get(chatId) ?? new Set()
    switchedOff.set(chatId, plugins.add(plugin))
  }

  for (const row of statements.switches.all()) noteOff(Number(row.chat_id), String(row.plugin))
  return {
    offIn: (chatId: number): ReadonlySet<string> | undefined => switchedOff.get(chatId),
    async switchInChat(chatId: number, plugin: string, isOn: boolean): Promise<void> {
      if (!isOn) {
        noteOff(chatId, plugin)
        await queue.write(() => statements.switchOff.run(chatId, plugin))
        return
      }
      const plugins = switchedOff.get(chatId)
      plugins?.delete(plugin)
      if (plugins?.size === 0) switchedOff.delete(chatId)
      await queue.write(() => statements.switchOn.run(chatId, plugin))
    },
    /** @returns a function that writes the move, within a transaction */
    move(from: number, to: number): () => void {
      for (const plugin of switchedOff.get(from) ?? []) noteOff(to, plugin)
      switchedOff.delete(from)
      return () => void statements.moveSwitches.run(to, from)
    },
  }
}

function byLatest(a: KnownParty, b: KnownParty): number {
  return b.notedAt.getTime() - a.notedAt.getTime() || a.id - b.id
}

function toParty(row: Record<string, unknown>): Remembered {
  return {
    id: Number(row.id),
    standing: row.standing as KnownParty['standing'],
    name: String(row.name),
    ...(row.username !== null && { username: String(row.username) }),
    notedAt: new Date(Number(row.noted_at)),
    toldAt: row.told_at === null ? null : Number(row.told_at),
  }
}

function prepare(database: DatabaseSync, bot: string) {
  return {
    all: database.prepare(`SELECT * FROM access_parties WHERE bot = ${bot}`),
    put: database.prepare(
      `INSERT OR REPLACE INTO access_parties (bot, id, standing, name, username, noted_at, told_at) VALUES (${bot}, ?, ?, ?, ?, ?, ?)`,
    ),
    mode: database.prepare(`SELECT mode FROM access_mode WHERE bot = ${bot}`),
    chooseMode: database.prepare(`INSERT OR REPLACE INTO access_mode (bot, mode) VALUES (${bot}, ?)`),
    remove: database.prepare(`DELETE FROM access_parties WHERE bot = ${bot} AND id = ?`),
    switches: database.prepare(`SELECT chat_id, plugin FROM chat_switches WHERE bot = ${bot}`),
    switchOff: database.prepare(
      `INSERT OR IGNORE INTO chat_switches (bot, chat_id, plugin) VALUES (${bot}, ?, ?)`,
    ),
    switchOn: database.prepare(`DELETE FROM chat_switches WHERE bot = ${bot} AND chat_id = ? AND plugin = ?`),
    moveSwitches: database.prepare(
      `UPDATE OR REPLACE chat_switches SET chat_id = ? WHERE bot = ${bot} AND chat_id = ?`,
    ),
  }
}
