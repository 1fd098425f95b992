import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A separate disk, small enough to be filled. */
export interface SmallDisk {
  /** Uses up all remaining space. */
  fill(): Promise<void>
  free(): Promise<void>
  /** What is open stays writable; nothing else is. */
  setReadOnly(isReadOnly: boolean): Promise<void>
  unmount(): Promise<void>
}

/** Mounts a memory disk at a folder. */
export async function mountSmallDisk(folder: string, megabytes: number): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true })
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  const filler = join(folder, 'filler')
  return {
    async fill() {
      const file = await open(filler, 'w')
      try {
        // the last blocks one by one: the rest after a large write would still fit a commit
        for (const size of [65_536, 4_096]) await writeUntilFull(() => file.write(Buffer.alloc(size)))
      } finally {
        await file.close()
      }
    },
    free: () => rm(filler, { force: true }),
    async setReadOnly(isReadOnly) {
      // the mount itself has writers, so a read-only one is put over it
      if (!isReadOnly) return void (await run('umount', ['-l', folder]))
      await run('mount', ['--bind', folder, folder])
      await run('mount', ['-o', 'remount,ro,bind', folder])
    },
    async unmount() {
      await run('umount', ['-l', folder])
    },
  }
}

async function writeUntilFull(write: () => Promise<unknown>): Promise<void> {
  try {
    for (;;) await write()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

/** Whether this user may mount; only root may, and not in every container. */
export async function canMount(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'pluggram-mount-'))
  try {
    await (await mountSmallDisk(folder, 1)).unmount()
    return true
  } catch {
    return false
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
