import {
  createMetricsService,
  createPluginsService,
  createSingleFlight,
} from '@pluggram/services/plugin-side'
import type { Logger, PluginSummary, Services } from '@pluggram/sdk'
import { DatabaseClient, SchedulerClient } from '@pluggram/sdk/runtime'
import type { DisposableEffectScope } from '../effect-scope.ts'
import type { HostServices } from '../local-services.ts'
import { currentMessage } from '../message-scope.ts'
import { encodeError } from '../rpc/wire-error.ts'
import type { Peer } from '../rpc/peer.ts'
import type { Callbacks } from './callbacks.ts'
import { plainFields } from './plain-fields.ts'
import { RemoteMetrics } from './remote-metrics.ts'
import { createRemoteAi } from './remote-ai.ts'
import { createRemoteStore } from './remote-store.ts'
import { createRemoteFetch } from './wire-fetch.ts'
import type { RemoteSchedules } from './remote-schedules.ts'
import type { StartRequest } from './protocol.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** A service whose work is done in the host. */
type RemoteService = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>

/** What a plugin process needs to make services of. */
export interface RemoteServicesOptions {
  readonly peer: Peer
  readonly plugin: string
  readonly request: StartRequest
  readonly effects: DisposableEffectScope
  readonly callbacks: Callbacks
  readonly mayUseAi: boolean
  readonly schedules: RemoteSchedules
  /** The plugins of the assistant as they are now. */
  readonly plugins: () => readonly PluginSummary[]
}

/** The services of a plugin process: effects live in it, all others are calls to the host. */
export function createRemoteServices(options: RemoteServicesOptions): HostServices {
  const { peer, request, effects } = options
  const metrics = new RemoteMetrics((batch) => peer.note('metrics', [batch]))
  effects.onEnd(() => metrics.flush())
  const named = Object.fromEntries(
    Object.entries(request.services).map(([service, methods]) => [
      service,
      createService(peer, service, methods),
    ]),
  )
  const byName = named as unknown as Services
  return {
    ...byName,
    logger: createLogger(peer),
    metrics: createMetricsService(metrics),
    store: createRemoteStore(peer, options.callbacks),
    cache: createSingleFlight(byName.cache),
    plugins: createPluginsService((plugin, method, ...args) => byName.plugins.call(plugin, method, ...args)),
    ai: createRemoteAi({ peer, plugin: options.plugin, isAllowed: options.mayUseAi }),
    assistant: { name: request.assistantName, plugins: options.plugins },
    database: new DatabaseClient((call) => peer.call('service', ['database', 'call', call])),
    scheduler: new SchedulerClient(options.schedules, (error) => {
      peer.note('exception', [encodeError(error), { during: 'adding a schedule' }])
    }),
    http: { fetch: createRemoteFetch(peer) },
    effects,
    captureException(error, context) {
      peer.note('exception', [encodeError(error), plainFields(context)])
    },
  }
}

function createService(peer: Peer, service: string, methods: readonly string[]): RemoteService {
  return Object.fromEntries(
    methods.map((method) => [
      method,
      (...args: unknown[]) => peer.call('service', [service, method, ...args]),
    ]),
  )
}

function createLogger(peer: Peer): Logger {
  const entries = LEVELS.map((level): [string, Logger['info']] => [
    level,
    (message, fields) => peer.note('log', [level, String(message), plainFields(withMessage(fields))]),
  ])
  return Object.fromEntries(entries) as unknown as Logger
}

/** A line says which message it is about. */
function withMessage(fields: unknown): unknown {
  const scope = currentMessage()
  return scope ? { chat: scope.chat.id, message: scope.message.id, ...Object(fields) } : fields
}
