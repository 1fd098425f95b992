import { createMetricsService } from '@pluggram/services/plugin-side'
import type { Logger, PluginSummary, Services } from '@pluggram/sdk'
import { DatabaseClient, SchedulerClient } from '@pluggram/sdk/runtime'
import type { DisposableEffectScope } from '../effect-scope.ts'
import { encodeError } from '../rpc/wire-error.ts'
import { toPlainData } from '../rpc/plain-data.ts'
import type { Peer } from '../rpc/peer.ts'
import { RemoteMetrics } from './remote-metrics.ts'
import { createRemoteAi } from './remote-ai.ts'
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
  readonly mayUseAi: boolean
  readonly schedules: RemoteSchedules
  /** The plugins of the assistant as they are now. */
  readonly plugins: () => readonly PluginSummary[]
}

/** The services of a plugin process: effects live in it, all others are calls to the host. */
export function createRemoteServices(options: RemoteServicesOptions): Services {
  const { peer, request, effects } = options
  const metrics = new RemoteMetrics((batch) => peer.note('metrics', [batch]))
  effects.onEnd(() => metrics.flush())
  const named = Object.fromEntries(
    Object.entries(request.services).map(([service, methods]) => [
      service,
      createService(peer, service, methods),
    ]),
  )
  return {
    ...(named as unknown as Pick<Services, 'store' | 'files' | 'telegram'>),
    logger: createLogger(peer),
    metrics: createMetricsService(metrics),
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
    (message, fields) => peer.note('log', [level, String(message), plainFields(fields)]),
  ])
  return Object.fromEntries(entries) as unknown as Logger
}

/** Fields of a log line may be anything; a line is not worth a failure. */
function plainFields(fields: unknown): unknown {
  if (fields === undefined) return undefined
  try {
    return toPlainData(fields, { values: 200, characters: 8_000, depth: 5 })
  } catch {
    return { fields: 'cannot be read' }
  }
}
