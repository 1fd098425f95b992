import type { BackupManifest } from './manifest.ts'

/** `14 files and 2 databases, 1.3 MB`. */
export function describeSize({ files }: Pick<BackupManifest, 'files'>): string {
  const databases = files.filter(({ kind }) => kind === 'database').length
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const parts = [count(files.length - databases, 'file'), count(databases, 'database')]
  return `${parts.join(' and ')}, ${(bytes / 1_000_000).toFixed(1)} MB`
}

/** What a backup is, in lines for the owner. */
export function describeBackup(manifest: BackupManifest): string[] {
  return [
    `Backup of ${manifest.createdAt}, made by Pluggram ${manifest.version}: ${describeSize(manifest)}. It is complete.`,
    ...manifest.leftOut.map((line) => `It does not contain ${line}`),
  ]
}

/** `1 file`, `2 files`. */
export function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`
}
