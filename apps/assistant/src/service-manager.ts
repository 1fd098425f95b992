import { execFile } from 'node:child_process'
import { hrtime } from 'node:process'
import { repeat, withinTime } from '@pluggram/base'
import type { Health } from '@pluggram/observability'
import type { Logger } from '@pluggram/sdk'

/** What systemd set for a service of `Type=notify`. */
interface ServiceEnvironment {
  readonly NOTIFY_SOCKET?: string | undefined
  readonly WATCHDOG_USEC?: string | undefined
  readonly PATH?: string | undefined
}

export interface ServiceManagerOptions {
  readonly environment: ServiceEnvironment
  readonly health: Pick<Health, 'report'>
  /** Nothing outside keeps the assistant from working, so only a restart can help. */
  isStuck(): boolean
  /** Hides secrets. */
  hide(text: string): string
  readonly logger: Logger
}

/** Tells the service manager how the assistant is. */
export interface ServiceManager {
  /** Tells that the assistant ends, or begins again in the same process. */
  ending(how: 'stop' | 'restart'): Promise<void>
  stop(): Promise<void>
}

/** How often the state is looked at. */
const LOOK_MS = 2_000
/** The sentence is told this often, also when only its times changed. */
const TELL_MS = 30_000
/** A start that waits for Telegram or the disk is given this much more time, again and again. */
const EXTENSION_MS = 60_000
const SPAWN_MS = 10_000
/** A service manager that does not listen must not hold up the end. */
const ENDING_MS = 2_000

/**
 * The protocol of sd_notify(3). Node has no datagram sockets of Unix, so each message is a process
 * (`systemd-notify`); the unit needs `NotifyAccess=all`.
 *
 *   starting ──ready──▶ READY=1 ──each half of WatchdogSec──▶ WATCHDOG=1, STATUS= … ──▶ STOPPING=1
 *
 * The watchdog is fed while this program does its work, also when Telegram or the disk keep it from
 * that: a restart would not help, and would be repeated for as long as that lasts. It is not fed
 * while the event loop is blocked, nor when messages are stuck for no reason outside.
 */
export function createServiceManager(options: ServiceManagerOptions): ServiceManager {
  const { environment, health, isStuck, hide, logger } = options
  const tell = createTell(environment, logger)
  if (!tell) return { ending: async () => {}, stop: async () => {} }
  const feedMs = feedingTime(environment)
  let isReady = false
  let toldAt = 0
  let fedAt = 0
  let told = ''

  async function look(): Promise<void> {
    const { status, summary } = await health.report()
    const now = performance.now()
    const lines: string[] = []
    if (!isReady && status === 'ready') lines.push('READY=1')
    isReady ||= status === 'ready'
    const gist = summary.replaceAll(/\d+/g, '0')
    if (gist !== told || now - toldAt >= TELL_MS) {
      // a line break would begin another assignment
      lines.push(`STATUS=${hide(summary).replaceAll(/\s+/g, ' ')}`)
      if (!isReady) lines.push(`EXTEND_TIMEOUT_USEC=${EXTENSION_MS * 1_000}`)
      told = gist
      toldAt = now
    }
    if (isReady && feedMs !== undefined && now - fedAt >= feedMs - LOOK_MS / 2 && !isStuck()) {
      lines.push('WATCHDOG=1')
      fedAt = now
    }
    if (lines.length > 0) await tell?.(lines)
  }

  const looking = repeat(look, {
    everyMs: Math.min(LOOK_MS, feedMs ?? LOOK_MS),
    onError: (error) => logger.debug('cannot tell the service manager', { err: error }),
  })
  looking.within(0)
  return {
    async ending(how) {
      const stopped = looking.stop()
      await withinTime(stopped, ENDING_MS, () => undefined)
      const since = hrtime.bigint() / 1_000n
      const lines = how === 'restart' ? ['RELOADING=1', `MONOTONIC_USEC=${since}`] : ['STOPPING=1']
      await withinTime(tell(lines), ENDING_MS, () => undefined)
    },
    async stop() {
      await withinTime(looking.stop(), ENDING_MS, () => undefined)
    },
  }
}

/** Half of the time after which systemd ends a service that is silent; `undefined` without a watchdog. */
function feedingTime({ WATCHDOG_USEC }: ServiceEnvironment): number | undefined {
  const microseconds = Number(WATCHDOG_USEC)
  return Number.isSafeInteger(microseconds) && microseconds > 0 ? microseconds / 2_000 : undefined
}

/** @returns nothing when no service manager asked to be told */
function createTell(
  { NOTIFY_SOCKET: socket, PATH }: ServiceEnvironment,
  logger: Logger,
): ((lines: readonly string[]) => Promise<void>) | undefined {
  if (socket === undefined || socket === '') return undefined
  let isMissing = false
  const env = { NOTIFY_SOCKET: socket, ...(PATH !== undefined && { PATH }) }
  return (lines) =>
    new Promise((resolve) => {
      if (isMissing) return resolve()
      execFile('systemd-notify', [...lines], { env, timeout: SPAWN_MS }, (error) => {
        if (error?.code === 'ENOENT') {
          isMissing = true
          logger.error(
            'systemd-notify is missing, so systemd is not told that the assistant works; install it, or use Type=exec in the unit',
          )
        } else if (error) logger.debug('cannot tell the service manager', { err: error })
        resolve()
      })
    })
}
