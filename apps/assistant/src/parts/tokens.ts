import type { Ai, CallTool, Tools } from '@pluggram/ai'
import type { ProxyFor } from '@pluggram/base'
import { many, one } from '@pluggram/assembly'
import type { Changeable, LiveSettings, LoadedConfiguration } from '@pluggram/config'
import type { PluginHostOptions } from '@pluggram/host'
import type { McpServers, ToolServerOptions } from '@pluggram/mcp'
import type {
  AssistantMetrics,
  Findings,
  FindingSource,
  Health,
  HealthCheck,
  JourneyRecorder,
  LogTail,
  RootLogger,
  SecretMask,
} from '@pluggram/observability'
import type { AdminService, AssistantDirectory, PluginDefinition } from '@pluggram/sdk'
import type { Scheduler } from '@pluggram/services'
import type { Buttons, Outbox } from '@pluggram/pipeline'
import type { BotApiCaller, IncomingUpdate, PostOffice } from '@pluggram/sdk/runtime'
import type { FastifyInstance } from 'fastify'
import type { Access } from '@pluggram/access'
import type { ChatKeeper } from '@pluggram/access'
import type { Forgetter } from '@pluggram/access'
import type { JourneyBook } from '../journey-book.ts'
import type { MediaFetcher } from '../media-fetcher.ts'
import type { Reloader } from '../hot-reload.ts'
import type { PluginBoard } from '../plugin-board.ts'
import type { Overview } from '../overview.ts'
import type { ProblemLog } from '../problem-log.ts'
import type { ServiceManager } from '../service-manager.ts'
import type { Telegram } from '../telegram.ts'
import type { Web } from '../web.ts'
import type { Storage } from '../storage.ts'
import type { KnownTimeZones } from '../time-zones/time-zones.ts'

/** How the assistant was asked to start. */
export interface StartMode {
  /** Moves a damaged database aside instead of refusing to start. */
  readonly repair: boolean
  /** Skips every plugin that does not ship with Pluggram. */
  readonly isSafe: boolean
  /** Ends the program as a signal does, and with `restart` starts it again; absent where a client does that. */
  readonly requestEnd?: ((how: 'stop' | 'restart') => void) | undefined
}

/** The home's folders. */
export interface HomeFolders {
  readonly home: string
  readonly data: string
}

/** Sends what does not answer a message. */
export interface Outgoing extends PostOffice, BotApiCaller {
  /** A short description, for example `polling, @my_bot`. */
  connection(): string
  /** Works on an update as if it had come from Telegram. */
  accept(updates: readonly IncomingUpdate[]): Promise<void>
}

// state, and what exists before any part starts
export const mode = one<StartMode>('mode')
export const folders = one<HomeFolders>('folders')
export const configuration = one<Changeable<LoadedConfiguration>>('configuration')
export const settings = one<LiveSettings>('settings')
export const ownLogger = one<RootLogger>('log')
export const logTail = one<LogTail | undefined>('log tail')
export const mask = one<SecretMask>('secret mask')

// what parts provide
export const logger = one<RootLogger>('logger')
export const storage = one<Storage>('storage')
export const proxyFor = one<ProxyFor>('proxies')
export const timeZones = one<KnownTimeZones>('time zones')
export const access = one<Access>('access')
export const metrics = one<AssistantMetrics>('metrics')
/** What is wrong right now; every few seconds the part `findings` asks all `findingSources`. */
export const findings = one<Findings>('findings')
export const journeys = one<JourneyRecorder>('journeys')
export const journeyBook = one<JourneyBook>('journey book')
export const problemLog = one<ProblemLog>('problem log')
export const mcpServers = one<McpServers>('MCP servers')
export const board = one<PluginBoard>('plugin board')
export const directory = one<AssistantDirectory>('directory')
export const models = one<Ai>('models')
export const scheduler = one<Scheduler>('scheduler')
export const buttons = one<Buttons>('buttons')
export const outbox = one<Outbox>('outbox')
export const mediaFetcher = one<MediaFetcher>('fetching of files')
export const telegram = one<Telegram>('telegram')
export const outgoing = one<Outgoing>('outgoing')
export const callTool = one<CallTool>('call of a tool')
export const tools = one<Tools>('tools')
export const toolServer = one<ToolServerOptions>('tool server')
export const reloader = one<Reloader>('reloader')
export const admin = one<AdminService>('admin service')
export const pluginServices = one<PluginHostOptions['servicesFor']>('services of plugins')
/** Retries a parked update. */
export const replay = one<(updateId: number) => Promise<unknown>>('replay of parked updates')
export const web = one<Web>('web')
/** How the assistant is. */
export const health = one<Health>('health')
export const serviceManager = one<ServiceManager>('service manager')
export const overview = one<() => Promise<Overview>>('overview')

// what parts add to others
export const healthChecks = many<HealthCheck>('health checks')
/** The health of a whole assistant; empty when nothing but tools is served. */
export const healthOfRunning = many<Pick<Health, 'report'>>('health of what runs')
/** Each says what is wrong in one area; the part that owns the area adds it. */
export const findingSources = many<FindingSource>('sources of findings')
/** What the command line needs from the pages; empty if none are served. */
export const pages = many<Pick<Web, 'createLoginLink' | 'mcp' | 'sessions' | 'url'>>('pages')
/** What runs, for commands; empty when nothing but tools is served. */
export const overviews = many<() => Promise<Overview>>('overviews')
export const routes = many<(server: FastifyInstance) => void>('routes')
export const chatKeepers = many<ChatKeeper>('chat keepers')
export const forgetters = many<Forgetter>('forgetters')
/** Settled once messages no longer need to wait for first starts. */
export const firstStarts = many<Promise<unknown>>('first starts')
export const ownPlugins = many<{ readonly name: string; readonly definition: PluginDefinition }>(
  'own plugins',
)
