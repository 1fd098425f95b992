import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { errorMessage } from '@pluggram/sdk'
import type { Services } from '@pluggram/sdk'
import type { Configuration } from './configuration.ts'
import { MAX_BYTES } from './learner.ts'
import type { Learner } from './learner.ts'
import { FOLDER_SOURCE } from './library.ts'
import type { Library } from './library.ts'
import { documentKind } from './read-document.ts'
import type { Scope } from './scope.ts'

type Folder = Configuration['folders'][number]

const MAX_FILES = 1_000

export interface FolderWatchOptions {
  readonly folders: readonly Folder[]
  readonly library: Library
  readonly learner: Learner
  readonly services: Services
  /** Aborted when the plugin stops. */
  readonly signal: AbortSignal
}

/** Keeps the library in sync with folders: learns new and changed files, forgets deleted ones. */
export class FolderWatch {
  readonly #options: FolderWatchOptions
  /**
   * Size and modification time of files that were learned or refused, so that unchanged files are
   * not read again.
   */
  readonly #seen = new Map<string, string>()
  #underWay: Promise<void> | undefined

  constructor(options: FolderWatchOptions) {
    this.#options = options
  }

  /** Scans all folders once. If a scan is running already, returns that one. */
  look(): Promise<void> {
    this.#underWay ??= this.#lookAtAll().finally(() => {
      this.#underWay = undefined
    })
    return this.#underWay
  }

  /** Resolves when no scan is running. */
  async whenIdle(): Promise<void> {
    await this.#underWay
  }

  async #lookAtAll(): Promise<void> {
    const { folders, library, services, signal } = this.#options
    const present = new Set<string>()
    let isComplete = true
    for (const folder of folders) {
      try {
        for (const entry of await this.#lookAt(folder)) present.add(entry)
      } catch (error) {
        if (signal.aborted) return
        isComplete = false
        services.logger.warn(`The folder ${folder.path} of plugins.knowledge.folders cannot be read`, {
          error: errorMessage(error),
        })
      }
    }
    // an unmounted disk must not empty the library
    if (!isComplete || signal.aborted) return
    for (const { id, scope, source } of await library.fromFolders()) {
      if (!present.has(`${scope} ${source}`)) await library.remove(id)
    }
  }

  /** Learns new files and returns all files that exist, as `SCOPE SOURCE`. */
  async #lookAt({ path, chat }: Folder): Promise<string[]> {
    const scope: Scope = chat === undefined ? 'everyone' : `chat:${chat}`
    const root = await realpath(path)
    const files = await listFiles(root)
    for (const file of files) await this.#learn(root, file, scope)
    return files.map((file) => `${scope} ${sourceOf(file)}`)
  }

  async #learn(root: string, file: string, scope: Scope): Promise<void> {
    const { learner, services, signal } = this.#options
    const kind = documentKind(file)
    if (!kind || signal.aborted) return
    const { size, mtimeMs } = await stat(file)
    const key = `${scope} ${file}`
    const state = `${size} ${mtimeMs}`
    if (this.#seen.get(key) === state) return
    this.#seen.set(key, state)
    try {
      if (size > MAX_BYTES) throw new Error('It is over 20 MB.')
      const title = relative(root, file)
      const bytes = await readFile(file)
      await learner.learn({ scope, title, source: sourceOf(file), kind, bytes, addedBy: 0 }, signal)
    } catch (error) {
      if (signal.aborted) return
      services.logger.warn(`The file ${file} was not learned`, { error: errorMessage(error) })
    }
  }
}

/** Files below a folder, without hidden ones and links, since a link may lead anywhere. */
async function listFiles(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !relative(root, file)
          .split(sep)
          .some((part) => part.startsWith('.')),
    )
    .toSorted()
    .slice(0, MAX_FILES)
}

function sourceOf(file: string): string {
  return `${FOLDER_SOURCE}${file}`
}
