import { serveLocally } from '@pluggram/http'
import type { Sessions } from '@pluggram/http'
import { PluggramError } from '@pluggram/sdk'
import type { AdminService } from '@pluggram/sdk'
import type { MessageStore } from '@pluggram/sdk/runtime'
import type { Findings } from '@pluggram/observability'
import type { Scheduler } from '@pluggram/services'
import { doorFolder } from './door-folder.ts'
import { registerFindingRoutes } from './http/finding-routes.ts'
import { registerLifeRoutes } from './http/life-routes.ts'
import type { LifeRoutesOptions } from './http/life-routes.ts'
import { registerJourneyRoutes } from './http/journey-routes.ts'
import type { JourneyBook } from './journey-book.ts'
import { registerMcpGrantRoutes } from './http/mcp-grant-routes.ts'
import { registerParkedRoutes } from './http/parked-routes.ts'
import { registerPluginRoutes } from './http/plugin-routes.ts'
import type { PluginRoutesOptions } from './http/plugin-routes.ts'
import { registerPluginSettingsRoutes } from './http/plugin-settings-routes.ts'
import { registerScheduleRoutes } from './http/schedule-routes.ts'
import { registerSessionDoorRoutes } from './http/session-door-routes.ts'

export interface DoorOptions extends PluginRoutesOptions, LifeRoutesOptions {
  readonly dataFolder: string
  /**
   * Creates a one-time login link, and provides what other programs need to call tools. Absent if
   * no pages are served.
   */
  readonly web?: {
    createLoginLink(): string
    readonly sessions: Sessions
    readonly mcp: { readonly url: string; readonly token: string }
  }
  readonly findings: Pick<Findings, 'now'>
  readonly messages: MessageStore
  /** Retries a parked update. */
  replay(updateId: number): Promise<unknown>
  readonly admin: Pick<AdminService, 'settings' | 'changeSetting'>
  readonly scheduler: Scheduler
  readonly journeys: JourneyBook
}

/**
 * Opens the only way for commands to reach the running assistant: HTTP over a socket that only the
 * home's owner can use.
 * @throws PluggramError `command-failed`
 */
export function openDoor(options: DoorOptions): Promise<AsyncDisposable> {
  const { dataFolder, web, logger } = options
  return serveLocally({
    folder: doorFolder(dataFolder),
    logger,
    register(server) {
      server.post('/api/login-links', () => ({ link: pagesOf(web).createLoginLink() }))
      server.get('/api/mcp-access', () => pagesOf(web).mcp)
      registerLifeRoutes(server, options)
      registerFindingRoutes(server, options.findings)
      registerSessionDoorRoutes(server, () => pagesOf(web).sessions)
      registerJourneyRoutes(server, options.journeys)
      registerParkedRoutes(server, options.messages, options)
      registerPluginRoutes(server, options)
      registerPluginSettingsRoutes(server, options.admin)
      registerScheduleRoutes(server, options.scheduler)
      registerMcpGrantRoutes(server, options)
    },
  })
}

function pagesOf(web: DoorOptions['web']): NonNullable<DoorOptions['web']> {
  if (web) return web
  throw new PluggramError(
    'command-failed',
    'What runs in this home is "pluggram mcp", which has no pages. Stop it, and start the assistant: "npx pluggram start".',
  )
}
