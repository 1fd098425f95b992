import { randomUUID } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '@pluggram/sdk/runtime'
import { emptyLog, examineDatabase } from '@pluggram/storage'
import { findDiskLow } from '../find-disk-low.ts'
import type { DoctorCheck } from './examined-home.ts'
import { problem } from './problem.ts'
import type { Problem } from './problem.ts'
import type { Repair } from './repair.ts'

const MEGABYTE = 1_048_576
/** The log is emptied at about 4 MB. */
const LARGE_LOG_BYTES = 256 * MEGABYTE
const TRIES = 5
/** Every message waits for two of them. */
const SLOW_MS = 250

/** Whether the database could be opened, and its log. */
export const databaseCheck: DoctorCheck = {
  name: 'the database',
  areas: ['storage'],
  seconds: 60,
  run({ home, isRunning }) {
    const file = join(home, 'data', 'pluggram.db')
    if (!existsSync(file) && !existsSync(`${file}.saved`)) return []
    // what is under way in a running assistant looks like damage; it guards its files itself
    const problems = isRunning ? [] : damage(file)
    const log = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
    if (log < LARGE_LOG_BYTES) return problems
    return [
      ...problems,
      problem(
        'storage.log-large',
        {
          what: `The log of the database has grown to ${Math.round(log / MEGABYTE)} MB.`,
          why: isRunning
            ? 'Something reads the database for a long time, such as a backup or a database tool.'
            : 'An assistant was killed before it could be emptied.',
          fix: isRunning ? 'End that program.' : 'pluggram doctor --fix',
          where: 'data/pluggram.db-wal',
        },
        isRunning || problems.length > 0 ? undefined : emptying(file, log),
      ),
    ]
  },
}

function damage(file: string): Problem[] {
  try {
    examineDatabase(file)
    return []
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (error.failure === 'database-newer') {
      return [
        problem('storage.newer', {
          what: 'The database was written by a newer release.',
          why: error.message,
          fix: 'Start the release that wrote it, or choose another home (--home, or PLUGGRAM_HOME).',
          where: 'data/pluggram.db',
        }),
      ]
    }
    if (error.failure === 'database-locked') throw error
    const isDamaged = error.failure.startsWith('database-')
    return [
      problem('storage.damaged', {
        what: `The database ${isDamaged ? 'is damaged' : 'cannot be opened'}, and the assistant does not start.`,
        why: error.message,
        fix: isDamaged
          ? 'Bring back a backup: pluggram restore FILE. Without one: pluggram start --repair, which moves the file aside.'
          : 'Do what it says, then start the assistant.',
        where: 'data/pluggram.db',
      }),
    ]
  }
}

function emptying(file: string, bytes: number): Repair {
  return {
    async plan() {
      return {
        diff: [`data/pluggram.db-wal: ${Math.round(bytes / MEGABYTE)} MB into the database; nothing is lost`],
        async apply() {
          emptyLog(file)
          return 'nothing to undo'
        },
      }
    },
  }
}

/** Room on the disk, and how fast it keeps what is written. */
export const diskCheck: DoctorCheck = {
  name: 'the disk',
  areas: ['storage'],
  async run({ home, settings }) {
    const data = join(home, 'data')
    const folder = existsSync(data) ? data : home
    const low = await findDiskLow(folder, settings.alerts.diskFreeMb)
    return [...low, ...(await slowness(folder))]
  },
}

async function slowness(folder: string): Promise<Problem[]> {
  const place = await mkdtemp(join(folder, `.speed-${randomUUID().slice(0, 4)}-`)).catch(() => undefined)
  // that it cannot be written is said by another check
  if (place === undefined) return []
  try {
    const file = await open(join(place, 'file'), 'w')
    const times: number[] = []
    for (let number = 0; number < TRIES; number += 1) {
      const start = performance.now()
      await file.write('x')
      await file.datasync()
      times.push(performance.now() - start)
    }
    await file.close()
    // the best of them: another program's work does not make a disk slow
    const best = Math.min(...times)
    if (best < SLOW_MS) return []
    return [
      problem('storage.slow', {
        what: `The disk needs ${Math.round(best)} ms to keep a line, so every answer is late.`,
        why: 'A message counts as kept only when the disk says so. Memory cards and network folders are often this slow.',
        fix: 'Move the home to a local disk. Or, if losing the last messages at a power cut is acceptable: "storage": { "synchronous": "normal" } in config.json.',
      }),
    ]
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}
