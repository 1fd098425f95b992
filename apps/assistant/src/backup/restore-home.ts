import { mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { PluggramError } from '@pluggram/sdk'
import { holdRestored, SCHEMA_VERSION } from '@pluggram/storage'
import type { HeldBack } from '@pluggram/storage'
import { shippedPlugins } from '../shipped-plugins.ts'
import { unpackArchive } from './archive.ts'
import { checkDatabase } from './copy-database.ts'
import { DATABASE } from './create-backup.ts'
import type { BackupLock } from './encryption.ts'
import { HOME_ENTRIES } from './home-files.ts'
import { HOME_FOLDER } from './manifest.ts'
import type { BackupManifest } from './manifest.ts'
import { exists, swapFiles } from './swap-files.ts'

export interface RestoreOptions {
  readonly home: string
  readonly file: string
  readonly lock: BackupLock
  /** Of the same file, checked before. */
  readonly manifest: BackupManifest
  readonly now?: Date
}

export interface Restored {
  /** Where the files are that were in the home before; absent when there were none. */
  readonly movedTo: string | undefined
  readonly held: HeldBack
}

/**
 * Puts a checked backup in place of what is in the home, in which no assistant may run. What was
 * there is moved, never deleted. A kill at any point leaves the old home or the new one.
 * @throws PluggramError `command-failed`
 */
export async function restoreHome(options: RestoreOptions): Promise<Restored> {
  const { home, file, lock, manifest, now = new Date() } = options
  refuseNewer(manifest, file)
  await mkdir(home, { recursive: true })
  const aside = join(home, `before-restore-${now.toISOString().replaceAll(/[:.]/g, '-')}`)
  const { out, held } = await swapFiles(home, async (folder) => {
    await unpackArchive(file, lock, folder)
    const ready = join(folder, HOME_FOLDER)
    for (const { path, kind } of manifest.files)
      if (kind === 'database') checkDatabase(join(ready, path), path)
    const database = join(ready, DATABASE)
    return {
      ready,
      aside,
      out: await entriesOf(home),
      in: await entriesOf(ready),
      held: (await exists(database)) ? holdRestored(database, now.getTime()) : NOTHING_HELD,
    }
  })
  return { movedTo: out.length > 0 ? aside : undefined, held }
}

const NOTHING_HELD: HeldBack = { messages: 0, updates: 0, schedules: 0 }

function refuseNewer({ schemaVersion, version }: BackupManifest, file: string): void {
  if (schemaVersion <= SCHEMA_VERSION) return
  throw new PluggramError(
    'command-failed',
    `${file} was made by Pluggram ${version}, whose database is newer than this release knows. Install that release, and restore again.`,
  )
}

/** What of a home a backup replaces. Plugins are moved one by one: those that ship stay. */
async function entriesOf(home: string): Promise<string[]> {
  const shipped = new Set(shippedPlugins().map(({ directory }) => resolve(directory)))
  const found: string[] = []
  for (const entry of HOME_ENTRIES) {
    if (!(await exists(join(home, entry)))) continue
    if (entry !== 'plugins') {
      found.push(entry)
      continue
    }
    for (const name of await readdir(join(home, entry)))
      if (!shipped.has(resolve(home, entry, name))) found.push(`${entry}/${name}`)
  }
  return found
}
