import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { lockHome } from '@pluggram/storage'

import { Failure } from '@pluggram/sdk/runtime'
import type { CliEnvironment } from '../cli/cli-environment.ts'
import { writeJournal } from './journal.ts'
import type { UpgradeJournal } from './journal.ts'
import { setCurrentRelease } from './release.ts'
import type { Release } from './release.ts'
import { createRestorePoint, keepNewest, listRestorePoints, restoreDatabase } from './restore-points.ts'
import type { RestorePoint } from './restore-points.ts'
import {
  lastWords,
  runningState,
  startRelease,
  stopRunning,
  waitUntilReady,
  watchRelease,
} from './run-release.ts'
import type { StartedRelease } from './run-release.ts'

const KEPT_POINTS = 3

export interface UpgradeOptions {
  /** The release that runs this command. */
  readonly from: Release
  readonly to: Release
  readonly watchMs: number
  readonly readyMs: number
  /** How the owner starts the assistant, for example `systemctl start pluggram`. */
  readonly startCommand?: string | undefined
}

/**
 * Replaces the release of a home. At every moment one of the two releases is the one that the next
 * start runs, and the database is one that it reads: a crash leaves a home that starts.
 *
 *   stop ──▶ copy ──▶ switch ──▶ start ──ready──▶ watch ──▶ done
 *                                  └──────not well──────┴──▶ undo: database, release, start
 *
 * @throws Failure `upgrade-undone` when the old release runs again
 */
export async function upgradeHome(cli: CliEnvironment, options: UpgradeOptions): Promise<void> {
  const { from, to, watchMs, readyMs, startCommand } = options
  const before = await runningState(cli)
  const journal: UpgradeJournal = {
    step: 'stop',
    pid: process.pid,
    fromVersion: from.version,
    toVersion: to.version,
    from: from.folder,
    to: to.folder,
  }
  await mkdir(join(cli.home, 'data'), { recursive: true })
  const note = (step: UpgradeJournal['step'], point?: RestorePoint): Promise<void> =>
    writeJournal(cli.home, { ...journal, step, ...(point && { point: point.name }) })
  await note('stop')
  cli.print(before ? `1/5 Stopping ${from.version}.` : '1/5 Nothing runs, so there is nothing to stop.')
  await stopRunning(cli)
  const point = await whileLocked(cli.home, async () => {
    await note('copy')
    cli.print('2/5 Making a restore point.')
    const made = await createRestorePoint(cli.home, from.version)
    cli.print(`    ${made.name}`)
    cli.print(`3/5 Switching to ${to.version}.`)
    await note('switch', made)
    await setCurrentRelease(cli.home, to.folder)
    return made
  })
  await note('watch', point)
  cli.print(`4/5 Starting ${to.version}.`)
  const started = await startRelease(cli, to, startCommand)
  // what did not work before need not work now
  const watched = { release: to, started, needsReady: before === undefined || before.isReady }
  let fault = await waitUntilReady(cli, watched, readyMs)
  if (fault === undefined) {
    cli.print(`5/5 It works. Watching it for ${describeMinutes(watchMs)}.`)
    fault = await watchRelease(cli, watched, watchMs)
  }
  if (fault !== undefined) {
    await note('undo', point)
    cli.print(`${to.version} does not work: ${fault}.`)
    cli.print(`    ${await lastWords(cli)}`)
    await undo(cli, { journal, point, started, release: from, options })
    await note('undone', point)
    throw new Failure('upgrade-undone', { subject: `${to.version}`, reason: fault })
  }
  await note('done', point)
  await keepNewest(cli.home, KEPT_POINTS)
  cli.print(`Pluggram ${to.version} runs. The way back: pluggram upgrade --undo.`)
}

interface Undo {
  readonly journal: UpgradeJournal
  readonly point: RestorePoint | undefined
  readonly started?: StartedRelease
  readonly release: Release
  readonly options: Pick<UpgradeOptions, 'readyMs' | 'startCommand'>
}

/** Goes back to the release before, with its database if the newer one changed its form. */
export async function undo(
  cli: CliEnvironment,
  { journal, point, started, release, options }: Undo,
): Promise<void> {
  cli.print(`Going back to ${journal.fromVersion}.`)
  await stopRunning(cli, started?.pid)
  await whileLocked(cli.home, async () => {
    // the database first: the newer release can read the older database, but not the other way round
    const restored = point && (await restoreDatabase(cli.home, point))
    if (restored) {
      const { held, movedTo } = restored
      cli.print(
        `The database is that of the restore point. Held back, because it may have been sent since: ${held.messages} messages, ${held.updates} updates, ${held.schedules} schedules ("pluggram held", "pluggram replay", "pluggram schedules").`,
      )
      cli.print(`What the newer release wrote is kept in ${movedTo}.`)
    }
    await setCurrentRelease(cli.home, journal.from)
  })
  const again = await startRelease(cli, release, options.startCommand)
  const fault = await waitUntilReady(cli, { release, started: again, needsReady: false }, options.readyMs)
  if (fault !== undefined) throw new Failure('upgrade-stuck', { subject: journal.fromVersion, reason: fault })
  cli.print(`${journal.fromVersion} runs again.`)
}

/** The restore point that an upgrade made, if it still exists. */
export async function pointOf(home: string, { point }: UpgradeJournal): Promise<RestorePoint | undefined> {
  return (await listRestorePoints(home)).find(({ name }) => name === point)
}

/** No assistant can start meanwhile. */
async function whileLocked<T>(home: string, work: () => Promise<T>): Promise<T> {
  const lock = lockHome(join(home, 'data', 'assistant.lock'))
  try {
    return await work()
  } finally {
    lock.release()
  }
}

export function describeMinutes(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000)
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}
