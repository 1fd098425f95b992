import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { definePart } from '@pluggram/assembly'
import { repeat } from '@pluggram/base'
import type { Life } from '@pluggram/assembly'
import type { Logger } from '@pluggram/sdk'
import { markOfChat } from '@pluggram/services'
import {
  botIdOf,
  CommitQueue,
  createSqliteAccessStore,
  createSqliteAiLedger,
  createSqliteChatMoves,
  createSqliteChatSettings,
  createSqliteJourneys,
  createSqliteMessageStore,
  createSqlitePluginChats,
  createSqlitePluginStores,
  createSqliteScheduleStore,
  createSqliteTimeZones,
  DiskProbe,
  FileGuard,
  findOtherBots,
  lockHome,
  openSqliteDatabase,
  WriteLog,
} from '@pluggram/storage'
import { storageHealth } from '../health/storage-health.ts'
import { watchFlow } from '../health/watch-flow.ts'
import type { Storage } from '../storage.ts'
import { chatKeepers, folders, forgetters, healthChecks, logger, mode, settings, storage } from './tokens.ts'

/** Expired values are deleted this often, first once the assistant has had time to start. */
const TIDY_MS = 3_600_000
const FIRST_TIDY_MS = 60_000

/** The home's lock and its database. */
export const sqliteStorage = definePart({
  name: 'storage',
  needs: { folders, settings, mode, logger },
  gives: storage,
  async start({ folders: { data }, settings: { now }, ...needs }, life) {
    const lock = lockHome(join(data, 'assistant.lock'))
    life.onStop(() => lock.release())
    const database = openSqliteDatabase(join(data, 'pluggram.db'), {
      ...now.storage,
      repair: needs.mode.repair,
      onRepair: (movedTo) =>
        needs.logger.warn(`the damaged database is at ${movedTo} now; starting with what can be read of it`),
    })
    life.onStop(() => database.close())
    const log = new WriteLog(database, now.storage)
    life.onStop(() => log.close())
    const guard = guardFiles(database, log, needs.logger)
    life.onStop(() => guard.close())
    const bot = botIdOf(now.telegram.botToken)
    for (const other of findOtherBots(database, bot))
      needs.logger.warn('messages of another bot wait on disk; they go on when its token is back', {
        ...other,
      })
    const messages = createSqliteMessageStore(log, { bot })
    life.onStop(() => messages.close())
    const pluginStores = createSqlitePluginStores(log, {
      onNearlyFull: (store) =>
        needs.logger.warn(`the store of plugin ${store.plugin} is nearly full`, { ...store }),
    })
    life.onStop(() => pluginStores.close())
    const tidying = repeat(() => pluginStores.tidy(), {
      everyMs: TIDY_MS,
      onError: (error) => needs.logger.warn('cannot delete expired values', { err: error }),
    })
    tidying.within(FIRST_TIDY_MS)
    // what it is doing ends with the stores
    life.onStop(() => void tidying.stop())
    const records = new CommitQueue(log)
    life.onStop(() => records.close())
    const probe = new DiskProbe({ folder: data, log, commits: records })
    life.onStop(() => probe.close())
    const pluginChats = createSqlitePluginChats(records, { bot })
    life.onStop(() => pluginChats.close())
    const aiLedger = createSqliteAiLedger(records, { bot })
    life.onStop(() => aiLedger.close())
    const stores: Storage = {
      messages,
      pluginStores,
      pluginChats,
      chatSettings: createSqliteChatSettings(records, { bot }),
      access: createSqliteAccessStore(records, { bot }),
      chatMoves: createSqliteChatMoves(records, { bot }),
      timeZones: createSqliteTimeZones(records, { bot }),
      aiLedger,
      schedules: createSqliteScheduleStore(log, { bot }),
      journeys: createSqliteJourneys(records, { bot }),
    }
    contribute(stores, life)
    watchFlow(life, {
      name: 'storage',
      check: () => storageHealth(guard.failure() ?? messages.failure() ?? probe.failure(), data),
    })
    return stores
  },
})

function guardFiles(database: DatabaseSync, log: WriteLog, to: Logger): FileGuard {
  return new FileGuard(database, log, {
    onGone: (problem) => to.error('the database is gone', { problem }),
    onBack: () => to.info('the database is back'),
  })
}

/**
 * Registers storage that is keyed by chat or user, so that it follows a moved chat and forgets a
 * user.
 */
function contribute(
  { messages, pluginStores, pluginChats, chatSettings, access, chatMoves, timeZones, aiLedger }: Storage,
  life: Life,
): void {
  const keep = (what: string, move: (from: number, to: number) => unknown): void =>
    life.add(chatKeepers, { what, move })
  keep('the former id', (from, to) => chatMoves.move(from, to))
  keep('messages that wait', (from, to) => messages.moveChat(from, to))
  keep('the chats of plugins', (from, to) => pluginChats.move(from, to))
  keep('what plugins keep for chats', (from, to) => pluginStores.movePrefix(markOfChat(from), markOfChat(to)))
  keep('settings of plugins', (from, to) => chatSettings.move(from, to))
  keep('the access settings', (from, to) => access.move(from, to))
  keep('the time zone', (from, to) => timeZones.move(from, to))
  keep('the chosen model and the budget', (from, to) => aiLedger.moveChat(from, to))
  life.add(forgetters, { forget: (userId) => aiLedger.choose('user', userId, null) })
  life.add(forgetters, { forget: (userId) => timeZones.set(userId, undefined) })
  life.add(forgetters, { forget: (userId) => access.forget(userId) })
  life.add(healthChecks, {
    name: 'plugin stores',
    check() {
      const nearlyFull = pluginStores.nearlyFull()
      return nearlyFull.length === 0 ? { status: 'ok' } : { status: 'degraded', nearlyFull }
    },
    isRequired: false,
  })
}
