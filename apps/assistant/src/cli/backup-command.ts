import { join, resolve } from 'node:path'
import { createBackup } from '../backup/create-backup.ts'
import { describeSize } from '../backup/describe-backup.ts'
import { lockFor } from './backup-lock.ts'
import type { CliEnvironment } from './cli-environment.ts'
import { readVersion } from './read-version.ts'

export interface BackupInput {
  readonly file?: string
  readonly recipient?: string
}

/** Writes a backup and reads it once. */
export async function backUp(cli: CliEnvironment, { file, recipient }: BackupInput): Promise<number> {
  const lock = await lockFor(cli, recipient)
  const now = new Date()
  const target =
    file === undefined
      ? join(cli.home, 'backups', `pluggram-${now.toISOString().replaceAll(/[:.]/g, '-')}.age`)
      : resolve(file)
  const manifest = await createBackup({ home: cli.home, file: target, lock, version: readVersion(), now })
  cli.print(`Wrote ${target} (${describeSize(manifest)}) and read it back.`)
  for (const line of manifest.leftOut) cli.print(`Left out: ${line}`)
  cli.print(
    lock.kind === 'key'
      ? 'Only the secret key of the recipient opens it.'
      : 'Only the passphrase opens it. Keep it somewhere else than the file.',
  )
  return 0
}
