import { join, resolve } from 'node:path'
import { checkArchive } from '../backup/archive.ts'
import { count, describeBackup } from '../backup/describe-backup.ts'
import { restoreHome } from '../backup/restore-home.ts'
import type { Restored } from '../backup/restore-home.ts'
import { whileStopped } from './ask-running.ts'
import { keyFor } from './backup-lock.ts'
import type { CliEnvironment } from './cli-environment.ts'

export interface RestoreInput {
  readonly file: string
  readonly isConfirmed: boolean
  readonly identity?: string
}

/** Shows a backup, or puts it in place of the home. */
export async function restore(cli: CliEnvironment, input: RestoreInput): Promise<number> {
  const lock = await keyFor(cli, input.identity)
  const file = resolve(input.file)
  const manifest = await checkArchive(file, lock)
  for (const line of describeBackup(manifest)) cli.print(line)
  if (!input.isConfirmed) {
    cli.print(`Nothing was changed. Run again with --yes to put it in place of ${cli.home}.`)
    return 1
  }
  const restored = await whileStopped(cli, () => restoreHome({ home: cli.home, file, lock, manifest }))
  cli.print(`Restored to ${cli.home}.`)
  tell(cli, restored)
  return 0
}

function tell(cli: CliEnvironment, { movedTo, held }: Restored): void {
  if (movedTo !== undefined) {
    cli.print(`What was there before is in ${movedTo}. Delete that folder when you no longer need it.`)
  }
  if (held.messages > 0) {
    cli.print(
      `Not sent when the backup was made, and perhaps since: ${count(held.messages, 'message')}. "pluggram held" lists what waits; with --send or --drop you decide.`,
    )
  }
  if (held.updates > 0) {
    cli.print(
      `Not answered when the backup was made, and perhaps since: ${count(held.updates, 'update')}. "pluggram replay" lists what waits; with --all it is answered, with --all --drop deleted.`,
    )
  }
  if (held.schedules > 0) {
    cli.print(
      `Due since the backup was made, and now paused: ${count(held.schedules, 'schedule')}, reminders included. "pluggram schedules" lists them; "pluggram schedules resume" runs one.`,
    )
  }
  cli.print(`Start the assistant when you have decided. Its data is in ${join(cli.home, 'data')}.`)
}
