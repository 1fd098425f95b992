import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** More than this is no plugin that somebody edits while it runs. */
const MAX_BYTES = 512 * 1_024
const SOURCES = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'])

/**
 * The sources of a plugin as they were when it was accepted. A process that ends because the plugin is
 * idle is started again from them: a file that was saved meanwhile counts only once it starts as well.
 */
export class AcceptedSources {
  readonly #texts: ReadonlyMap<string, string>

  private constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts
  }

  /** Reads files; dependencies, and a plugin that is too large, are left to the disk. */
  static async read(files: readonly string[]): Promise<AcceptedSources> {
    const own = files.filter((file) => SOURCES.has(path.extname(file)) && !isDependency(file))
    const texts = new Map<string, string>()
    let left = MAX_BYTES
    for (const file of own) {
      const text = await readText(file)
      if (text === undefined) continue
      left -= text.length
      if (left < 0) return new AcceptedSources(new Map())
      texts.set(file, text)
    }
    return new AcceptedSources(texts)
  }

  /** Those that differ on the disk by now; `undefined` when none does. */
  async changed(): Promise<Readonly<Record<string, string>> | undefined> {
    const changed: Record<string, string> = {}
    for (const [file, text] of this.#texts) {
      if ((await readText(file)) !== text) changed[file] = text
    }
    return Object.keys(changed).length > 0 ? changed : undefined
  }
}

function isDependency(file: string): boolean {
  return file.split(path.sep).includes('node_modules')
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return undefined
  }
}
