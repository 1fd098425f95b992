import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PluggramError } from '@pluggram/sdk'
import { holdRestored } from '@pluggram/storage'
import type { HeldBack } from '@pluggram/storage'
import { checkDatabase, copyDatabase } from '../backup/copy-database.ts'
import { copyHome, DATABASE } from '../backup/create-backup.ts'
import { listHomeFiles } from '../backup/home-files.ts'
import { HOME_FOLDER, MANIFEST_FILE, manifestSchema } from '../backup/manifest.ts'
import type { BackupManifest } from '../backup/manifest.ts'
import { exists, swapFiles } from '../backup/swap-files.ts'

const FOLDER = 'data/restore-points'
const NAME = /^\d{4}-\d\d-\d\dT[\d-]+Z-from-[\w.+-]+$/
const UNFINISHED = '.unfinished'

/** A copy of a home from before an upgrade. It is not encrypted: it lies where the same secrets are. */
export interface RestorePoint {
  readonly name: string
  readonly folder: string
  /** The release that wrote it. */
  readonly version: string
  readonly createdAt: string
  readonly schemaVersion: number
  readonly bytes: number
}

/** Copies a home in which nothing runs. A copy that is cut off is no restore point. */
export async function createRestorePoint(home: string, version: string): Promise<RestorePoint> {
  const now = new Date()
  const name = `${now.toISOString().replaceAll(/[:.]/g, '-')}-from-${version}`
  const folder = join(home, FOLDER, name)
  const unfinished = folder + UNFINISHED
  await mkdir(unfinished, { recursive: true, mode: 0o700 })
  try {
    const manifest = await copyHome(unfinished, await listHomeFiles(home), { home, version, now })
    await rename(unfinished, folder)
    return describe(folder, name, manifest)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw error
  }
}

/** The restore points of a home, oldest first. */
export async function listRestorePoints(home: string): Promise<readonly RestorePoint[]> {
  const names = await readdir(join(home, FOLDER)).catch(() => [])
  const points = await Promise.all(
    names.filter((name) => NAME.test(name)).map((name) => read(join(home, FOLDER, name), name)),
  )
  return points.filter((point) => point !== undefined).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Deletes a restore point, and what killed upgrades left of others. */
export async function removeRestorePoint(home: string, name: string): Promise<void> {
  if (!(await listRestorePoints(home)).some((point) => point.name === name)) {
    throw new PluggramError(
      'command-failed',
      `There is no restore point ${name}. "pluggram restore-points" lists them.`,
    )
  }
  await rm(join(home, FOLDER, name), { recursive: true, force: true })
}

/** Deletes all but the newest ones, and what killed upgrades left. */
export async function keepNewest(home: string, count: number): Promise<void> {
  const points = await listRestorePoints(home)
  for (const { folder } of points.slice(0, Math.max(0, points.length - count)))
    await rm(folder, { recursive: true, force: true })
  for (const name of await readdir(join(home, FOLDER)).catch(() => []))
    if (name.endsWith(UNFINISHED)) await rm(join(home, FOLDER, name), { recursive: true, force: true })
}

/** A database that was brought back. */
export interface RestoredDatabase {
  /** What may have been sent since. */
  readonly held: HeldBack
  /** The folder with what the newer release wrote. */
  readonly movedTo: string
}

/**
 * Brings back the database of a restore point if the one in the home is of another schema, or
 * damaged; otherwise it stays, with all that happened since. Nothing may run in the home. A kill at
 * any point leaves one of the two.
 * @returns `undefined` when the database stays
 */
export async function restoreDatabase(
  home: string,
  point: RestorePoint,
): Promise<RestoredDatabase | undefined> {
  const kept = join(point.folder, HOME_FOLDER, DATABASE)
  if (!(await exists(kept))) return undefined
  if (schemaOf(join(home, DATABASE)) === point.schemaVersion) return undefined
  const aside = join(point.folder, `after-the-upgrade-${randomUUID()}`)
  const { held } = await swapFiles(home, async (ready) => {
    await mkdir(dirname(join(ready, DATABASE)), { recursive: true, mode: 0o700 })
    copyDatabase(kept, join(ready, DATABASE))
    // its log goes with it, or it would be read into the older database
    const files = ['', '-wal', '-shm'].map((end) => DATABASE + end)
    return { ready, aside, out: files, in: [DATABASE], held: holdRestored(join(ready, DATABASE), Date.now()) }
  })
  return { held, movedTo: aside }
}

function schemaOf(database: string): number | undefined {
  try {
    return checkDatabase(database, database)
  } catch {
    return undefined
  }
}

async function read(folder: string, name: string): Promise<RestorePoint | undefined> {
  try {
    const text = await readFile(join(folder, MANIFEST_FILE), 'utf8')
    return describe(folder, name, manifestSchema.parse(JSON.parse(text)))
  } catch {
    return undefined
  }
}

function describe(
  folder: string,
  name: string,
  { version, createdAt, schemaVersion, files }: BackupManifest,
): RestorePoint {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return { name, folder, version, createdAt, schemaVersion, bytes }
}
