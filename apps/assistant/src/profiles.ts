import type { Part } from '@pluggram/assembly'
import { ownerAlerts } from './parts/alerts.ts'
import { accessRules } from './parts/access.ts'
import { ownerService } from './parts/admin.ts'
import { signedButtons } from './parts/buttons.ts'
import { scheduledBackups } from './parts/backups.ts'
import { commandDoor } from './parts/door.ts'
import { eventLoop } from './parts/event-loop.ts'
import { errorReports } from './parts/error-reports.ts'
import { roomOnDisk } from './parts/disk.ts'
import { errorSpikes } from './parts/error-spikes.ts'
import { currentFindings } from './parts/findings.ts'
import { healthOfAll } from './parts/health.ts'
import { journeysToRead, messageJourneys } from './parts/journeys.ts'
import { homeFindings } from './parts/home-findings.ts'
import { headStart, waitForPlugins } from './parts/head-start.ts'
import { mcpServerList, mountMcpServers } from './parts/mcp-servers.ts'
import { assistantMetrics } from './parts/metrics.ts'
import { languageModels } from './parts/models.ts'
import { networkProxies } from './parts/network.ts'
import { noChats } from './parts/no-chats.ts'
import { messageOutbox } from './parts/outbox.ts'
import { mediaFetcher } from './parts/media-fetcher.ts'
import { people } from './parts/people.ts'
import { overviewOfAll } from './parts/overview.ts'
import { parkedOnDisk, parkedUpdates } from './parts/parked.ts'
import { pluginBoard, pluginDirectory, pluginProblems } from './parts/plugin-board.ts'
import { servicesOfPlugins } from './parts/plugin-services.ts'
import { plugins } from './parts/plugins.ts'
import { hotReload, reloading } from './parts/reload.ts'
import { serviceNotices } from './parts/service-manager.ts'
import { runSchedules, schedules } from './parts/schedules.ts'
import { sqliteStorage } from './parts/storage.ts'
import { systemCommands } from './parts/system-commands.ts'
import { receiveUpdates, telegramConnection, telegramOutgoing } from './parts/telegram.ts'
import { sentTraces } from './parts/traces.ts'
import { knownTimeZones } from './parts/time-zones.ts'
import { guardedTools, modelTools, servedTools } from './parts/tools.ts'
import { webPages } from './parts/web.ts'

/** State only; nothing here does any work yet. */
const state: readonly Part[] = [
  errorReports,
  sqliteStorage,
  knownTimeZones,
  networkProxies,
  accessRules,
  assistantMetrics,
  currentFindings,
  homeFindings,
  roomOnDisk,
  errorSpikes,
  messageJourneys,
  journeysToRead,
  sentTraces,
  messageOutbox,
  signedButtons,
  mcpServerList,
  mediaFetcher,
  pluginProblems,
  pluginBoard,
  pluginDirectory,
]

/** What plugins need to run. */
const pluginWorld: readonly Part[] = [
  languageModels,
  schedules,
  systemCommands,
  guardedTools,
  modelTools,
  servedTools,
  reloading,
  ownerService,
  servicesOfPlugins,
]

/** The full assistant. Parts open in this order and stop in reverse order. */
export const ASSISTANT: readonly Part[] = [
  ...state,
  telegramConnection,
  telegramOutgoing,
  eventLoop,
  ...pluginWorld,
  parkedUpdates,
  people,
  healthOfAll,
  ownerAlerts,
  overviewOfAll,
  webPages,
  plugins,
  mountMcpServers,
  commandDoor,
  hotReload,
  headStart,
  scheduledBackups,
  runSchedules,
  receiveUpdates,
  serviceNotices,
]

/** Only plugins, for their tools: no pages, no Telegram, no schedules. */
export const TOOLS_ONLY: readonly Part[] = [
  ...state,
  noChats,
  ...pluginWorld,
  parkedOnDisk,
  plugins,
  waitForPlugins,
  commandDoor,
]
