import { createEffectScope } from '@pluggram/host'
import type { DisposableEffectScope } from '@pluggram/host'
import { SERVICES } from '@pluggram/sdk/runtime'
import { createMemoryDatabase } from '@pluggram/services'
import { PermissionError, PluggramError } from '@pluggram/sdk'
import type {
  AiService,
  AssistantDirectory,
  DatabaseService,
  HttpService,
  Logger,
  MetricReading,
  PluginsService,
  PluginSummary,
  Services,
  Store,
  TextRequest,
} from '@pluggram/sdk'
import { createMemoryStore } from './memory-store.ts'
import { createCaches, createRateLimits } from '@pluggram/services'
import { createI18n, createPluginsService, createQueueService } from '@pluggram/services/plugin-side'
import { createRecordedMetrics } from './recorded-metrics.ts'
import type { RecordedMetric } from './recorded-metrics.ts'
import { createScriptedAi } from './scripted-ai.ts'
import { createTestScheduler } from './test-scheduler.ts'
import type { TestScheduler } from './test-scheduler.ts'
import { createTestTelegram } from './test-telegram.ts'
import type { TestTelegram } from './test-telegram.ts'

/** Replacements for the defaults. */
export interface TestServicesOverrides {
  readonly store?: Store
  readonly logger?: Logger
  /** Pieces of every answer of the model, a function that returns them, or a whole service. */
  readonly ai?: readonly string[] | ((request: TextRequest) => readonly string[]) | AiService
  /** Answers requests to other servers; by default each one fails. */
  readonly fetch?: HttpService['fetch']
  /** Default: empty tables in memory. */
  readonly database?: DatabaseService
  /** The plugin's own folder; by default it does not have one. */
  readonly folder?: string
  /** By default every chat accepts messages, and methods return `true`. */
  readonly telegram?: TestTelegram
  /** Answers calls to other plugins; by default there are none. */
  readonly plugins?: PluginsService['call']
  /** The result of `statistics.read`; by default nothing. */
  readonly readings?: readonly MetricReading[]
  readonly assistant?: { readonly name?: string; readonly plugins?: readonly PluginSummary[] }
}

export interface LogLine {
  readonly level: keyof Logger
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** Services that record what a plugin did with them. */
export interface TestServices extends Services {
  readonly telegram: TestTelegram
  /** The scheduler's clock stands still until the test moves it. */
  readonly schedules: TestScheduler
  readonly effects: DisposableEffectScope
  readonly logLines: readonly LogLine[]
  /** Everything counted, set and observed, oldest first. */
  readonly recordedMetrics: readonly RecordedMetric[]
  /** Everything passed to `captureException`, including errors of timers and disposers. */
  readonly exceptions: readonly {
    readonly error: unknown
    readonly context: Readonly<Record<string, unknown>>
  }[]
}

/** Services for one test: a store in memory, a log to inspect, a model that follows a script. */
export function createTestServices(overrides: TestServicesOverrides = {}): TestServices {
  const logLines: LogLine[] = []
  const exceptions: { error: unknown; context: Readonly<Record<string, unknown>> }[] = []
  const captureException: Services['captureException'] = (error, context = {}) => {
    exceptions.push({ error, context })
  }
  const at =
    (level: keyof Logger): Logger[keyof Logger] =>
    (message, fields = {}) => {
      logLines.push({ level, message, fields })
    }
  const schedules = createTestScheduler((error, schedule) => captureException(error, { schedule }))
  const metrics = createRecordedMetrics()
  const { name = 'Test assistant', plugins = [] } = overrides.assistant ?? {}
  const assistant: AssistantDirectory = { name, plugins: () => plugins }
  return {
    ...servicesWithoutDouble(),
    logger: overrides.logger ?? {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
    },
    store: overrides.store ?? createMemoryStore(),
    cache: createCaches().forPlugin('test'),
    rateLimit: createRateLimits().forPlugin('test'),
    queue: createQueueService(),
    i18n: createI18n(undefined, () => undefined),
    config: { get: () => ({}) as never, forChat: async () => ({}) as never, onChange: () => async () => {} },
    plugins: createPluginsService(overrides.plugins ?? noPlugins),
    statistics: {
      read: async (names) =>
        (overrides.readings ?? []).filter((reading) => names?.includes(reading.name) ?? true),
    },
    metrics: metrics.service,
    recordedMetrics: metrics.records,
    ai: toAi(overrides.ai ?? []),
    assistant,
    database: overrides.database ?? createMemoryDatabase(),
    scheduler: schedules.service,
    schedules,
    http: { fetch: overrides.fetch ?? noNetwork },
    files: { folder: async () => overrides.folder ?? noFolder() },
    telegram: overrides.telegram ?? createTestTelegram(),
    effects: createEffectScope({ onError: (error, label) => captureException(error, { effect: label }) }),
    captureException,
    logLines,
    exceptions,
  }
}

/** All services, each refusing every call, as a base for the doubles. */
function servicesWithoutDouble(): Services {
  const entries = Object.entries(SERVICES).map(([service, { methods }]) => {
    const refuse = async (): Promise<never> => {
      throw new PluggramError('permission-missing', `This test has no ${service}.`)
    }
    return [service, Object.fromEntries(Object.keys(methods).map((method) => [method, refuse]))]
  })
  // plugins check whether they have it; a test that manages the assistant passes its own
  const { admin: _none, ...services } = Object.fromEntries(entries) as Services
  return services
}

async function noNetwork(): Promise<never> {
  throw new PluggramError(
    'network-failed',
    'A test has no network. Give createTestServices a fetch of yours.',
  )
}

async function noPlugins(plugin: string): Promise<never> {
  throw new PluggramError(
    'plugin-not-found',
    `This test has no plugin ${plugin}. Give createTestServices plugins of yours.`,
  )
}

function noFolder(): never {
  throw new PermissionError('This test gave the plugin no folder. Give createTestServices a folder.')
}

function toAi(ai: NonNullable<TestServicesOverrides['ai']>): AiService {
  return 'streamText' in ai ? ai : createScriptedAi(ai)
}
