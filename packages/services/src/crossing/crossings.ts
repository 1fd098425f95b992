import type { CacheService, DatabaseService, PluginsService, Services } from '@pluggram/sdk'
import { DatabaseClient } from '@pluggram/sdk/runtime'
import type { DatabaseRequest } from '@pluggram/sdk/runtime'
import { aiCrossing } from '../ai/crossing.ts'
import { createSingleFlight } from '../cache/single-flight.ts'
import { httpCrossing } from '../http/crossing.ts'
import { metricsCrossing } from '../metrics/crossing.ts'
import { createPluginsService } from '../plugins/plugins-service.ts'
import { schedulerCrossing } from '../scheduler/crossing.ts'
import { storeCrossing } from '../store/crossing.ts'
import { byValue, serveByValue } from './by-value.ts'
import type { Crossing } from './links.ts'

/** Concurrent calls for one key create its value once, in the plugin's process. */
const cacheCrossing: Crossing<CacheService> = {
  plugin: (link) => createSingleFlight(byValue<CacheService>('cache', link)),
  host: (cache) => serveByValue('cache', cache),
}

/** Every database operation is one request of plain data. */
const databaseCrossing: Crossing<DatabaseService> = {
  plugin: (link) => new DatabaseClient((request) => link.call('call', [request])),
  host: (database) => ({
    // in the host it is always a client; the service validates the request
    call: ([request]) => (database as DatabaseClient).call(request as DatabaseRequest),
  }),
}

/** Typed references are created in the process. */
const pluginsCrossing: Crossing<PluginsService> = {
  plugin: (link) => createPluginsService(byValue<PluginsService>('plugins', link).call),
  host: (plugins) => serveByValue('plugins', plugins),
}

/**
 * Services with methods that take or return more than plain data. All others cross by the table
 * alone.
 */
export const CROSSINGS = {
  ai: aiCrossing,
  cache: cacheCrossing,
  database: databaseCrossing,
  http: httpCrossing,
  metrics: metricsCrossing,
  plugins: pluginsCrossing,
  scheduler: schedulerCrossing,
  store: storeCrossing,
} as const satisfies { readonly [Name in keyof Services]?: Crossing<Services[Name]> }
