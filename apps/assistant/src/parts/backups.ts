import { definePart } from '@pluggram/assembly'
import { startScheduledBackups } from '../backup/scheduled-backups.ts'
import { findBackupProblems } from '../doctor/check-backups.ts'
import { withoutRepair } from '../doctor/problem.ts'
import { configuration, findingSources, folders, healthChecks, logger, metrics, settings } from './tokens.ts'

const PASSPHRASE = 'PLUGGRAM_BACKUP_PASSPHRASE'

/** Backups by `backup.every_hours`. */
export const scheduledBackups = definePart({
  name: 'backups',
  needs: { configuration, folders, settings, logger, metrics },
  start(needs, life) {
    const section = needs.settings.at('backup')
    const backups = startScheduledBackups({
      home: needs.folders.home,
      settings: () => section.now,
      environment: () => ({ [PASSPHRASE]: needs.configuration.now.environment[PASSPHRASE] }),
      logger: needs.logger,
    })
    life.onStop(() => backups.stop())
    life.onStop(section.onChange(() => backups.look()))
    life.add(healthChecks, backups.health)
    life.add(findingSources, {
      name: 'the backups',
      async check() {
        const found = (await findBackupProblems(needs.configuration.now)).map(withoutRepair)
        const why = backups.failure()
        if (why === undefined) return found
        return [
          ...found,
          {
            id: 'backup.failed',
            severity: 'error',
            what: 'The last scheduled backup failed.',
            why,
            fix: 'Mend that. The assistant tries again within the hour; pluggram backup FILE tries at once.',
          },
        ]
      },
    })
    const everyHours = (): number | undefined => section.now.everyHours
    needs.metrics.show('backup_interval_seconds', () => {
      const hours = everyHours()
      return hours === undefined ? undefined : hours * 3_600
    })
    needs.metrics.show('backup_last_time_seconds', async () =>
      everyHours() === undefined ? undefined : (await backups.lastAt()).getTime() / 1_000,
    )
  },
})
