import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readdir, rm, stat } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { repeat } from '@pluggram/base'
import { errorMessage } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'
import type { HealthCheck } from '@pluggram/observability'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const NAME = /^pluggram-[\dTZ-]+\.age$/
const HOUR_MS = 60 * 60 * 1_000
/** How often it looks whether a backup is due, so that a clock that was set does no harm. */
const LOOK_MS = 10 * 60 * 1_000
/** The start of the assistant comes first. */
const FIRST_LOOK_MS = 60_000
const AFTER_FAILURE_MS = HOUR_MS

/** The section `backup` of the settings. */
interface BackupSettings {
  readonly everyHours?: number | undefined
  readonly folder: string
  readonly keep: number
  readonly recipient?: string | undefined
}

export interface ScheduledBackupsOptions {
  readonly home: string
  readonly settings: () => BackupSettings
  /** What the command needs besides the home's files, such as the passphrase. */
  readonly environment: () => Readonly<Record<string, string | undefined>>
  readonly logger: Logger
}

export interface ScheduledBackups {
  /** Looks soon whether a backup is due. */
  look(): void
  readonly health: HealthCheck
  /** Why the last backup failed; `undefined` when it did not. */
  failure(): string | undefined
  /** When the newest backup in the folder was made; 1970 when there is none. */
  lastAt(): Promise<Date>
  stop(): Promise<void>
}

/**
 * Makes a backup whenever the newest one in the folder is too old, in a process of its own with low
 * priority, and deletes those that are too many. What is due follows from the files alone.
 */
export function startScheduledBackups(options: ScheduledBackupsOptions): ScheduledBackups {
  const { home, settings, logger } = options
  let child: ChildProcess | undefined
  let failure: string | undefined
  let lastAt: string | undefined

  async function work(): Promise<number> {
    const { everyHours, folder: configured, keep } = settings()
    if (everyHours === undefined) {
      failure = undefined
      return LOOK_MS
    }
    const folder = resolve(home, configured)
    const newest = (await backupsIn(folder)).at(-1)
    lastAt = newest && new Date(newest.at).toISOString()
    const dueInMs = newest ? newest.at + everyHours * HOUR_MS - Date.now() : 0
    // a backup of the future was made before the clock was set back
    if (dueInMs > 0 && dueInMs <= everyHours * HOUR_MS) return Math.min(dueInMs, LOOK_MS)
    const name = `pluggram-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.age`
    await make(join(folder, name))
    failure = undefined
    lastAt = new Date().toISOString()
    logger.info('backup made', { file: join(folder, name) })
    for (const { path } of (await backupsIn(folder)).slice(0, -keep)) await rm(path)
    return LOOK_MS
  }

  async function make(file: string): Promise<void> {
    const { recipient } = settings()
    const args = [MAIN, 'backup', file, ...(recipient === undefined ? [] : ['--recipient', recipient])]
    const started = (child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'], ...options.environment(), PLUGGRAM_HOME: home },
      stdio: ['ignore', 'ignore', 'pipe'],
    }))
    lower(started)
    let said = ''
    started.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2_000)))
    const code = await new Promise<number | NodeJS.Signals | null>((done, fail) => {
      started.once('error', fail).once('close', (exit, signal) => done(signal ?? exit))
    }).finally(() => (child = undefined))
    if (code !== 0) throw new Error(said.trim() || `the command ended with ${code}`)
  }

  const repetition = repeat(work, {
    everyMs: LOOK_MS,
    afterErrorMs: AFTER_FAILURE_MS,
    onError(error) {
      failure = errorMessage(error)
      logger.error('the backup failed', { reason: failure })
    },
  })
  repetition.within(FIRST_LOOK_MS)
  return {
    look: () => repetition.within(0),
    failure: () => failure,
    async lastAt() {
      const newest = (await backupsIn(resolve(home, settings().folder))).at(-1)
      return new Date(newest?.at ?? 0)
    },
    health: {
      name: 'backup',
      isRequired: false,
      check() {
        if (failure !== undefined) return { status: 'failed', reason: failure, ...(lastAt && { lastAt }) }
        return { status: 'ok', ...(lastAt && { lastAt }) }
      },
    },
    async stop() {
      child?.kill()
      await repetition.stop()
    },
  }
}

/** Never in the way of answers. */
function lower({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, 10)
  } catch {
    // it only runs with the usual priority
  }
}

/** The backups in a folder, oldest first. */
export async function backupsIn(folder: string): Promise<{ readonly path: string; readonly at: number }[]> {
  const names = await readdir(folder).catch(() => [])
  const found = await Promise.all(
    names
      .filter((name) => NAME.test(name))
      .map(async (name) => {
        const path = join(folder, name)
        return { path, at: (await stat(path)).mtimeMs }
      }),
  )
  return found.toSorted((a, b) => a.at - b.at)
}
