import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAi } from '@pluggram/ai'
import type { ToolServerOptions } from '@pluggram/mcp'
import { createLive, createLiveSettings } from '@pluggram/config'
import type { LoadedConfiguration } from '@pluggram/config'
import type { JsonObject, PluginState } from '@pluggram/host'
import { createAssistantMetrics, createPluginMetrics, Health } from '@pluggram/observability'
import type { LogTail, RootLogger, SecretMask } from '@pluggram/observability'
import { createOutbox, createPipeline } from '@pluggram/pipeline'
import { createOutsideDatabases, markOfChat } from '@pluggram/services'
import {
  botIdOf,
  createSqliteAiLedger,
  createSqliteChatSettings,
  createSqliteMessageStore,
  createSqlitePluginChats,
  createSqlitePluginStores,
  createSqliteScheduleStore,
  findOtherBots,
  lockHome,
  openSqliteDatabase,
  WriteLog,
} from '@pluggram/storage'
import { createAdminService } from './admin/admin-service.ts'
import { prepareAccess } from './access/prepare-access.ts'
import { createChatMoves } from './chat-moves.ts'
import { createDirectory } from './directory.ts'
import { openDoor } from './door.ts'
import { createReloader, reloadOnSave } from './hot-reload.ts'
import { isInline, pluginsHealth, preparePlugins, toStatusLine, unknownKeys } from './plugins.ts'
import type { Plugins } from './plugins.ts'
import { createProblemLog } from './problem-log.ts'
import type { ProblemLog } from './problem-log.ts'
import { createServicesFactory } from './plugin-services.ts'
import { readPluginStates } from './plugin-states.ts'
import { openCaches } from './services/caches.ts'
import { createScheduler, followManifests } from './services/scheduler.ts'
import { startErrorReports } from './services/error-reports.ts'
import { watchStatistics } from './services/statistics.ts'
import { ForgetMe } from './forget-me.ts'
import { createSystemPlugin } from './system-plugin.ts'
import { NO_TELEGRAM, startTelegram } from './telegram.ts'
import type { Telegram } from './telegram.ts'
import { mcpPluginState, mcpSettings, prepareTools } from './tools.ts'
import { startWeb } from './web.ts'

export interface AssistantOptions {
  readonly configuration: LoadedConfiguration
  readonly logger: RootLogger
  readonly mask: SecretMask
  /** The last lines of the log, for owners to read by chat. */
  readonly logTail?: LogTail
  /** Moves a damaged database aside instead of refusing to start. */
  readonly repair?: boolean
  /** Leaves out every plugin that does not ship with Pluggram. */
  readonly isSafe?: boolean
  /** Starts plugins and nothing else, for their tools: no pages (`url` is empty), no Telegram, no schedules. */
  readonly isToolsOnly?: boolean
}

/** A running assistant. */
export interface Assistant {
  /** Where its pages are, for example `http://127.0.0.1:8080`. */
  readonly url: string
  /** A one-time link that logs the owner in. */
  createLoginLink(): string
  /** What makes whoever sends it to the bot its owner; `undefined` when there is an owner. */
  pairingCode(): string | undefined
  /** The plugins' tools for other programs. */
  readonly toolServer: ToolServerOptions
  /** Words about the connection, for example `polling as @my_bot`. */
  connection(): string
  /** Stops in order: no new updates, answers finish (at most six seconds), plugins clean up, files close. */
  stop(): Promise<void>
}

const DRAIN_MS = 6_000
/** Plugins get so much time before the first message, or three times what the assistant itself needed on a slow machine. */
const HEAD_START_MS = 3_000
const LONGEST_HEAD_START_MS = 10_000

/**
 * Puts the parts together and starts them: pages first, so that health can be asked from the beginning, then
 * plugins, then the source of updates.
 * @throws PluggramError `startup-failed` when the database or the port cannot be opened
 */
export async function startAssistant(options: AssistantOptions): Promise<Assistant> {
  const { mask } = options
  const reporting = startErrorReports(options)
  const { logger } = reporting
  const startedAt = Date.now()
  const cleanups: (() => unknown)[] = []
  try {
    return await start()
  } catch (error) {
    await runCleanups()
    throw error
  }

  async function start(): Promise<Assistant> {
    const { home, settings, environment } = options.configuration
    const configuration = createLive(options.configuration)
    const live = createLiveSettings(options.configuration)
    mask.add(options.configuration.secrets)
    cleanups.push(() => reporting.close())
    const data = join(home, 'data')
    const lock = lockHome(join(data, 'assistant.lock'))
    cleanups.push(() => lock.release())
    const database = openSqliteDatabase(join(data, 'pluggram.db'), {
      ...settings.storage,
      repair: options.repair ?? false,
      onRepair: (movedTo) =>
        logger.warn(`the damaged database is at ${movedTo} now; starting with what can be read of it`),
    })
    cleanups.push(() => database.close())
    const log = new WriteLog(database, settings.storage)
    cleanups.push(() => log.close())
    const bot = botIdOf(settings.telegram.botToken)
    for (const other of findOtherBots(database, bot))
      logger.warn('messages of another bot wait on disk; they go on when its token is back', { ...other })
    const messages = createSqliteMessageStore(log, { bot })
    cleanups.push(() => messages.close())
    const outbox = createOutbox({ store: messages, logger })
    const stores = createSqlitePluginStores(log)
    cleanups.push(() => stores.close())
    await stores.deleteExpired()
    const chats = createSqlitePluginChats(database, { bot })
    cleanups.push(() => chats.close())
    const access = prepareAccess({ database, settings: live, mask, logger })

    const chatSettings = createSqliteChatSettings(database, { bot })
    const admin = createAdminService({
      home,
      host: () => plugins.host,
      reloader: () => reloader,
      configuration,
      chatSettings,
      store: access.store,
      logTail: options.logTail,
      mask,
    })

    const metrics = createAssistantMetrics()
    const isSafe = options.isSafe ?? false
    const problemLog = createProblemLog(logger)
    const directory = createDirectory(settings.assistant.name, () => registry)
    const ledger = createSqliteAiLedger(database, { bot })
    const ai = createAi({
      settings: settings.ai,
      environment,
      directory: () => directory,
      ledger,
      home,
      logger,
      ownPort: settings.http.port,
    })
    cleanups.push(() => ai.close())
    const scheduler = createScheduler(createSqliteScheduleStore(log, { bot }), logger)
    cleanups.push(() => scheduler.durable.close())
    let link: Pick<Telegram, 'outgoing' | 'connection'> = NO_TELEGRAM
    const { tools, mcp, registry, callTool } = prepareTools({
      home,
      dataFolder: data,
      settings: live,
      stores,
      post: () => link.outgoing,
      plugins: () => plugins.host.registry,
      guards: { access: access.control, chats, mask },
      logger,
    })
    const outside = live.at('databases')
    const databases = createOutsideDatabases(() => outside.now)
    cleanups.push(() => databases.close())
    const caches = openCaches(settings.cache.url, logger)
    cleanups.push(() => caches.close())
    const pluginLimits = live.at('pluginHost', 'plugins')
    const plugins = await preparePlugins(options.configuration, {
      logger,
      isSafe,
      chatBlock: (plugin, chatId) => chatSettings.of(plugin, chatId) as JsonObject | undefined,
      onProblem: (problem) => problemLog.tell(problem),
      servicesFor: createServicesFactory({
        logger,
        stores,
        ai: (plugin) => ai.serviceFor(plugin),
        tools: () => tools,
        directory,
        databases,
        caches,
        scheduler,
        dataFolder: data,
        telegram: {
          connection: () => link.outgoing,
          chats,
          listedChats: (name) => pluginLimits.now[name]?.chats ?? [],
        },
        host: () => plugins.host,
        adminFor: (name) => (isInline(plugins.host, name) ? { admin } : {}),
        metrics,
        pluginMetrics: createPluginMetrics({
          registry: metrics.registry,
          onRefused: (plugin, message) => logger.warn(message, { plugin }),
        }),
      }),
      approvalsPlugin: tools.plugin,
      systemPlugin: createSystemPlugin({
        forgetMe: new ForgetMe({
          registry: () => plugins.host.registry,
          forgetUser(id) {
            ledger.choose('user', id, null)
            access.store.forget(id)
          },
          logger,
        }),
        assistantName: settings.assistant.name,
        startedAt,
        plugins: () => directory.plugins(),
        describeModel: () => ai.describe(),
        pluginStatuses: async () => (await pluginStatuses()).flatMap((state) => toStatusLine(state) ?? []),
        connection: () => link.connection(),
      }),
    })
    mask.add(plugins.configuration.secrets)
    let { leftOut } = plugins

    const pluginStatuses = (): Promise<readonly PluginState[]> =>
      readPluginStates({
        hosted: () => plugins.host.quickStatuses(),
        mounted: () => mcp.states().map(mcpPluginState),
        leftOut: () => leftOut,
        mask,
      })
    const toolSettings = live.at('ai', 'tools')
    const toolServer: ToolServerOptions = {
      registry: () => plugins.host.registry,
      callTool,
      hideSecrets: (text) => mask.applyToChat(text),
      settings: () => toolSettings.now,
      logger,
    }
    const doorOptions = {
      home,
      dataFolder: data,
      states: pluginStatuses,
      messages,
      admin,
      scheduler,
      logger,
    }
    if (options.isToolsOnly === true) {
      cleanups.push(() => plugins.host.stop())
      await startPlugins(plugins, problemLog)
      const door = await openDoor({
        ...doorOptions,
        restart: async (name) => void (await plugins.host.restart(name)),
        // nothing follows the files here; the next start does
        reload: async () => {},
        replay: (id) => messages.replay(id),
      })
      cleanups.push(() => door[Symbol.asyncDispose]())
      const nothing = { url: '', createLoginLink: () => '', pairingCode: () => undefined }
      return { ...nothing, toolServer, connection: () => link.connection(), stop: runCleanups }
    }

    const health = new Health()
    health.register('storage', () => {
      const failure = messages.failure()
      return failure === undefined ? { status: 'ok' } : { status: 'failed', reason: failure }
    })
    health.register('models', () => ({ ...ai.health() }), { isRequired: false })
    health.register('plugins', async () => pluginsHealth(await pluginStatuses()))
    const telegram = await startTelegram({
      configuration: options.configuration,
      logger,
      registry: plugins.host.registry,
      health,
      metrics,
      mask,
      onChatMigrated: createChatMoves(
        [
          { what: 'messages that wait', move: (from, to) => messages.moveChat(from, to) },
          { what: 'the chats of plugins', move: (from, to) => chats.move(from, to) },
          {
            what: 'what plugins keep for chats',
            move: (from, to) => stores.movePrefix(markOfChat(from), markOfChat(to)),
          },
          { what: 'settings of plugins', move: (from, to) => chatSettings.move(from, to) },
          { what: 'the access settings', move: (from, to) => access.store.move(from, to) },
          { what: 'the chosen model and the budget', move: (from, to) => ledger.moveChat(from, to) },
        ],
        logger,
      ),
      outbox,
      messages,
      createPipeline: (format, actions) =>
        createPipeline({
          registry: plugins.host.registry,
          outbox,
          format,
          actions,
          store: messages,
          logger,
          chats,
          concurrentChats: settings.limits.concurrentChats,
          access: access.control,
          pluginTimeoutMs: settings.limits.pluginTimeoutSeconds * 1_000,
          onPluginCall: (plugin, outcome, seconds) => metrics.pluginCalled(plugin, outcome, seconds),
          unansweredReply: 'None of my plugins answered that. /help shows what I can do.',
        }),
    })
    link = telegram
    cleanups.push(() => telegram.close())
    watchStatistics(metrics, { telegram, host: plugins.host })
    const web = await startWeb({
      configuration: options.configuration,
      mcpToken: live.at('mcp', 'token'),
      logger,
      mask,
      health,
      telegram,
      messages,
      metrics,
      toolServer,
      admin,
    })
    cleanups.push(() => web.close())

    for (const problem of plugins.problems) problemLog.tellLine(problem)
    cleanups.push(() => plugins.host.stop())
    cleanups.push(() => mcp.stop())
    const servers = live.at('mcp', 'servers')
    const applyMcp = (): Promise<void> => mcp.apply(isSafe ? {} : mcpSettings(servers.now), plugins.names())
    configuration.set(plugins.configuration)
    const reloader = createReloader({
      home,
      plugins,
      configuration,
      settings: live,
      isSafe,
      logger,
      mask,
      problemLog,
      onPlan(plan) {
        leftOut = plan.leftOut
        void applyMcp()
      },
    })
    const door = await openDoor({
      ...doorOptions,
      web,
      reload: () => reloader.reload(),
      restart: async (name) => void ((await mcp.restart(name)) || (await admin.restartPlugin(name))),
      replay: (id) => telegram.pipeline.replay(id),
    })
    cleanups.push(() => door[Symbol.asyncDispose]())
    void startPlugins(plugins, problemLog)
    const settling = Promise.all([plugins.host.whenSettled(), applyMcp()])
    const saving = reloadOnSave(home, { reloader, settings: live, logger })
    cleanups.push(() => saving.close())
    // one that takes longer joins later: what may be for it waits, all else does not
    await Promise.race([settling, sleep(headStart(), undefined, { ref: false })])
    cleanups.push(followManifests(scheduler, plugins.host.registry))
    scheduler.start()
    cleanups.push(() => scheduler.stop())
    cleanups.push(() => telegram.stopReceiving(DRAIN_MS))
    await telegram.receive()
    return {
      url: web.url,
      toolServer,
      createLoginLink: web.createLoginLink,
      pairingCode: () => access.pairingCode(),
      connection: () => telegram.connection(),
      stop: runCleanups,
    }
  }

  async function startPlugins(plugins: Plugins, problemLog: ProblemLog): Promise<void> {
    const { problems } = await plugins.host.start()
    problemLog.settle([...plugins.problems, ...unknownKeys(plugins.configuration, plugins.host)], problems)
  }

  /** Last in, first out; a part that fails to stop does not keep the others from it. */
  async function runCleanups(): Promise<void> {
    for (const cleanup of cleanups.splice(0).toReversed()) {
      try {
        await cleanup()
      } catch (error) {
        logger.error('a part did not stop cleanly', { err: error })
      }
    }
  }
}

function headStart(): number {
  const needed = 3_000 * process.uptime()
  return Math.min(Math.max(HEAD_START_MS, needed), LONGEST_HEAD_START_MS)
}
