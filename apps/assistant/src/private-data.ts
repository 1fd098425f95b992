import { constants } from 'node:fs'
import { access, chmod, lstat, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@pluggram/sdk'

const OTHERS = 0o077
const WORLD = 0o004

/**
 * Keeps the data folder for the owner's account alone. What this process and the plugins' processes
 * create from now on is private; what an earlier release left open is closed, once.
 */
export async function keepDataPrivate(dataFolder: string, logger: Logger): Promise<void> {
  process.umask(OTHERS)
  try {
    await mkdir(dataFolder, { recursive: true })
    const { mode } = await lstat(dataFolder)
    if ((mode & OTHERS) === 0) return
    await closeAll(dataFolder)
  } catch (error) {
    // nothing works in such a folder: what opens a file there says so
    if (await access(dataFolder, constants.W_OK).catch(() => 'refused')) return
    logger.warn('cannot keep the data folder private; other accounts of this machine may read it', {
      folder: dataFolder,
      err: error,
    })
  }
}

/** Says when other accounts of this machine can read the home's secrets. */
export async function openSecretsProblem(home: string): Promise<string | undefined> {
  const file = join(home, '.env')
  const found = await lstat(file).catch(() => undefined)
  if (process.platform === 'win32' || !found?.isFile() || (found.mode & WORLD) === 0) return undefined
  return `every account of this machine can read ${file}, which holds secrets; run: chmod 600 ${file}`
}

/** The folder itself comes last: it stays open until everything in it is closed. */
export async function closeAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await closeAll(path)
    else if (!entry.isSymbolicLink()) await chmod(path, 0o600)
  }
  await chmod(folder, 0o700)
}
