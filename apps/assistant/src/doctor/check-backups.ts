import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { problemPlace } from '@pluggram/config'
import type { LoadedConfiguration } from '@pluggram/config'
import { backupsIn } from '../backup/scheduled-backups.ts'
import type { DoctorCheck } from './examined-home.ts'
import { problem } from './problem.ts'
import type { Problem } from './problem.ts'

const HOUR_MS = 3_600_000
const WEEK_HOURS = 168

/** Whether there is a recent backup of a home that is in use. */
export const backupsCheck: DoctorCheck = {
  name: 'the backups',
  areas: ['backup'],
  run: ({ configuration }) => findBackupProblems(configuration),
}

/** Whether backups can be made, and whether the newest one is recent. */
export async function findBackupProblems(configuration: LoadedConfiguration): Promise<Problem[]> {
  const { home, settings, environment } = configuration
  const { everyHours, folder, recipient } = settings.backup
  const hasKey =
    recipient !== undefined ||
    ['PLUGGRAM_BACKUP_PASSPHRASE', 'PLUGGRAM_BACKUP_PASSPHRASE_FILE'].some((name) => environment[name])
  const where = problemPlace(configuration.locate(['backup', 'every_hours']), configuration)
  if (everyHours !== undefined && !hasKey) {
    return [
      problem('backup.no-key', {
        what: 'Backups are due, but none can be made.',
        why: 'backup.every_hours is set, and nothing says how to encrypt them.',
        fix: 'Set PLUGGRAM_BACKUP_PASSPHRASE in .env, or backup.recipient in config.json to a public key of age.',
        where,
      }),
    ]
  }
  // the playground, and a home that was just made, hold nothing that would be missed
  const since = inUseSince(home)
  if (settings.telegram.botToken === undefined || since === undefined) return []
  const newest = (await backupsIn(resolve(home, folder))).at(-1)?.at
  const limit = Math.max(WEEK_HOURS, 2 * (everyHours ?? 0)) * HOUR_MS
  if (Date.now() - Math.max(newest ?? 0, since) <= limit) return []
  const days = Math.floor((Date.now() - (newest ?? since)) / (24 * HOUR_MS))
  return [
    problem('backup.old', {
      what:
        newest === undefined ? 'There is no backup of this home.' : `The newest backup is ${days} days old.`,
      why:
        everyHours === undefined
          ? `backup.every_hours is not set, so none is made; ${resolve(home, folder)} was looked at.`
          : `One is due every ${everyHours} hours, but only a running assistant makes them.`,
      fix: 'Set "backup": { "every_hours": 24 } in config.json and PLUGGRAM_BACKUP_PASSPHRASE in .env. One now: pluggram backup.',
      ...(everyHours !== undefined && { where }),
    }),
  ]
}

/** When the assistant first ran here; its button key is made then and never changes. */
function inUseSince(home: string): number | undefined {
  const file = join(home, 'data', 'buttons.key')
  return existsSync(file) ? statSync(file).mtimeMs : undefined
}
