import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { errorMessage, PluggramError } from '@pluggram/sdk'
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
 * Puts a checked backup in place of what is in the home, in which no assistant may run. Until the
 * last step the home is as it was; a step that fails is undone. What was there is moved, never
 * deleted.
 * @throws PluggramError `command-failed`
 */
export async function restoreHome(options: RestoreOptions): Promise<Restored> {
  const { home, file, lock, manifest, now = new Date() } = options
  refuseNewer(manifest, file)
  await mkdir(home, { recursive: true })
  const staging = await mkdtemp(join(home, '.restore-in-progress-'))
  try {
    await chmod(staging, 0o700)
    await unpackArchive(file, lock, staging)
    const restored = join(staging, HOME_FOLDER)
    for (const { path, kind } of manifest.files)
      if (kind === 'database') checkDatabase(join(restored, path), path)
    const database = join(restored, DATABASE)
    const held = (await exists(database)) ? holdRestored(database, now.getTime()) : NOTHING_HELD
    const aside = join(home, `before-restore-${now.toISOString().replaceAll(/[:.]/g, '-')}`)
    const hasMoved = await swap({ home, restored, aside })
    return { movedTo: hasMoved ? aside : undefined, held }
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

const NOTHING_HELD: HeldBack = { messages: 0, updates: 0, schedules: 0 }

function refuseNewer({ schemaVersion, version }: BackupManifest, file: string): void {
  if (schemaVersion <= SCHEMA_VERSION) return
  throw new PluggramError(
    'command-failed',
    `${file} was made by Pluggram ${version}, whose database is newer than this release knows. Install that release, and restore again.`,
  )
}

interface Swap {
  readonly home: string
  readonly restored: string
  readonly aside: string
}

/**
 * Moves what is in the home aside, and the restored files in.
 * @returns whether anything was there
 */
async function swap({ home, restored, aside }: Swap): Promise<boolean> {
  const done: { readonly from: string; readonly to: string }[] = []
  const move = async (from: string, to: string): Promise<void> => {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    await rename(from, to)
    done.push({ from, to })
  }
  try {
    const old = await entriesOf(home)
    for (const path of old) await move(join(home, path), join(aside, path))
    for (const path of await entriesOf(restored)) await move(join(restored, path), join(home, path))
    return old.length > 0
  } catch (error) {
    for (const { from, to } of done.toReversed()) await rename(to, from)
    throw new PluggramError(
      'command-failed',
      `The files of ${home} cannot be replaced: ${errorMessage(error)}. Everything is as it was.`,
      { cause: error },
    )
  }
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

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
