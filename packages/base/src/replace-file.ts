import { randomUUID } from 'node:crypto'
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface ReplaceFileOptions {
  /** Rights of the file, whatever it had before. Without them it keeps its own; a new file gets 0o644. */
  readonly mode?: number
  /** Makes the folder when there is none. */
  readonly makesFolder?: boolean
}

/**
 * Writes a whole file or leaves the old one: it writes beside the file, waits for the disk, and renames over it. A symbolic
 * link keeps pointing at its target.
 */
export async function replaceFile(
  file: string,
  data: string | Uint8Array,
  { mode, makesFolder = false }: ReplaceFileOptions = {},
): Promise<void> {
  const target = await realpath(file).catch(() => file)
  const rights = mode ?? (await stat(target).then(permissions, () => DEFAULT_MODE))
  if (makesFolder) await mkdir(dirname(target), { recursive: true })
  const temporary = `${target}.${randomUUID()}.tmp`
  try {
    const handle = await open(temporary, 'wx', rights)
    try {
      // the umask took its part of the rights above
      await handle.chmod(rights)
      await handle.writeFile(data)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** The same, before it returns: for what is written while the program ends. */
export function replaceFileSync(
  file: string,
  data: string | Uint8Array,
  { mode, makesFolder = false }: ReplaceFileOptions = {},
): void {
  const target = orElse(() => realpathSync(file), file)
  const rights = mode ?? orElse(() => permissions(statSync(target)), DEFAULT_MODE)
  if (makesFolder) mkdirSync(dirname(target), { recursive: true })
  const temporary = `${target}.${randomUUID()}.tmp`
  try {
    const handle = openSync(temporary, 'wx', rights)
    try {
      fchmodSync(handle, rights)
      writeFileSync(handle, data)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(temporary, target)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

const DEFAULT_MODE = 0o644

function permissions({ mode }: { readonly mode: number }): number {
  return mode & 0o777
}

function orElse<T>(work: () => T, otherwise: T): T {
  try {
    return work()
  } catch {
    return otherwise
  }
}
