import { watch } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorMessage } from '@pluggram/sdk'
import type { Logger } from '@pluggram/sdk'

/** Where `pluggram plugins restart NAME` leaves a file of that name; it is gone when the assistant took it. */
export function restartFolder(dataFolder: string): string {
  return join(dataFolder, 'restart')
}

/** Starts plugins anew when somebody asks for it on the command line. */
export async function serveRestartRequests(
  dataFolder: string,
  /** Starts a plugin or MCP server anew; false when there is none that can be. */
  host: { restart(name: string): Promise<boolean> },
  logger: Logger,
): Promise<{ close(): void }> {
  const folder = restartFolder(dataFolder)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const watcher = watch(folder, () => void takeAll())

  async function takeAll(): Promise<void> {
    const names = await readdir(folder).catch(() => [])
    await Promise.all(names.map((name) => take(name)))
  }

  async function take(name: string): Promise<void> {
    // two events may see one file; whoever removes it acts
    const isOurs = await rm(join(folder, name)).then(
      () => true,
      () => false,
    )
    if (!isOurs) return
    try {
      if (await host.restart(name)) logger.info(`plugin ${name} was started anew, as asked`)
      else logger.warn(`plugin ${name} has no process of its own that could be started anew`)
    } catch (error) {
      logger.error(`plugin ${name} could not be started anew: ${errorMessage(error)}`, { plugin: name })
    }
  }

  return { close: () => watcher.close() }
}
