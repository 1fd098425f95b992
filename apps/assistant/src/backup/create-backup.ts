import {
  copyFile,
  constants,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorMessage, isPluggramError, PluggramError } from '@pluggram/sdk'
import { checkArchive, hashFile, hashText, writeArchive } from './archive.ts'
import { copyDatabase } from './copy-database.ts'
import { createEncryption } from './encryption.ts'
import type { BackupLock } from './encryption.ts'
import { listHomeFiles } from './home-files.ts'
import type { HomeContent, HomeFile } from './home-files.ts'
import { HOME_FOLDER, MANIFEST_FILE } from './manifest.ts'
import type { BackedUpFile, BackupManifest } from './manifest.ts'

/** The assistant's own database, within the home. */
export const DATABASE = 'data/pluggram.db'
const STAGING = 'data/backup-in-progress'
const COPY = /^copy-(\d+)-/

export interface BackupOptions {
  readonly home: string
  readonly file: string
  readonly lock: BackupLock
  /** The version of Pluggram. */
  readonly version: string
  readonly now?: Date
}

/**
 * Backs up a home, also while an assistant runs in it, and reads the backup once to prove that it
 * can be opened. An existing file is never replaced; a failure leaves nothing behind.
 * @throws PluggramError `command-failed`
 */
export async function createBackup(options: BackupOptions): Promise<BackupManifest> {
  const { home, file, lock } = options
  if (await exists(file)) {
    throw new PluggramError(
      'command-failed',
      `${file} exists already. Choose another name, or delete it first.`,
    )
  }
  const encryption = await createEncryption(lock)
  const content = await listHomeFiles(home)
  if (content.files.length === 0) {
    throw new PluggramError(
      'command-failed',
      `There is nothing to back up in ${home}. Set PLUGGRAM_HOME to the home of an assistant.`,
    )
  }
  const staging = await makeStaging(home)
  const unfinished = `${file}.unfinished`
  try {
    await copyHome(staging, content, options)
    await mkdir(dirname(file), { recursive: true })
    await rm(unfinished, { force: true })
    await writeArchive(staging, unfinished, encryption)
    const manifest = await checkArchive(unfinished, encryption.opener)
    await rename(unfinished, file)
    return manifest
  } catch (error) {
    // a full or read-only disk has its own sentence and exit code
    if (isPluggramError(error) || (error as NodeJS.ErrnoException).syscall !== undefined) throw error
    throw new PluggramError(
      'command-failed',
      `The backup ${file} was not made: ${errorMessage(error)}. Make the folder writable and free some space, or choose another place.`,
      { cause: error },
    )
  } finally {
    await rm(staging, { recursive: true, force: true })
    await rm(unfinished, { force: true })
  }
}

/** The copy lies in the data folder, where the same secrets are: nobody else may read it. */
async function makeStaging(home: string): Promise<string> {
  const folder = join(home, STAGING)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(folder)) {
    const [, pid] = COPY.exec(name) ?? []
    if (!isRunning(Number(pid))) await rm(join(folder, name), { recursive: true, force: true })
  }
  return mkdtemp(join(folder, `copy-${process.pid}-`))
}

/** Whether the process that makes a copy was not killed meanwhile. */
function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Copies a home's files and databases into a folder, with a manifest. */
export async function copyHome(
  staging: string,
  { files: found, leftOut }: HomeContent,
  { home, version, now = new Date() }: Pick<BackupOptions, 'home' | 'version' | 'now'>,
): Promise<BackupManifest> {
  const files: BackedUpFile[] = []
  let schemaVersion = 0
  // the settings come before the data, so that no data is newer than the list of plugins it belongs to
  for (const each of found) {
    const copied = await copy(each, join(home, each.path), join(staging, HOME_FOLDER, each.path))
    if (!copied) continue
    files.push({ ...each, bytes: copied.bytes, sha256: copied.sha256 })
    if (each.path === DATABASE) schemaVersion = copied.schemaVersion ?? 0
  }
  const manifest: BackupManifest = {
    format: 1,
    version,
    createdAt: now.toISOString(),
    schemaVersion,
    files,
    leftOut: [...leftOut],
  }
  await writeFile(join(staging, MANIFEST_FILE), JSON.stringify(manifest, null, 2))
  return manifest
}

interface Copied {
  readonly bytes: number
  readonly sha256: string
  readonly schemaVersion?: number
}

/** @returns `undefined` when the file is gone by now */
async function copy({ kind }: HomeFile, from: string, to: string): Promise<Copied | undefined> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  try {
    if (kind === 'link') {
      const target = await readlink(from)
      await symlink(target, to)
      return { bytes: 0, sha256: hashText(target) }
    }
    if (kind === 'file') {
      await copyFile(from, to, constants.COPYFILE_FICLONE)
      return await hashFile(to)
    }
    const schemaVersion = copyDatabase(from, to)
    return { ...(await hashFile(to)), schemaVersion }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
