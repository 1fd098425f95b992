import { lstat, open, readdir, readlink } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { shippedPlugins } from '../shipped-plugins.ts'

/** What of a home belongs to its backup. Everything else there may be a clone of the code. */
export const HOME_ENTRIES = [
  'config.json',
  'plugins_config.json',
  '.env',
  'secrets.age',
  'secrets.key',
  'plugins',
  'data',
] as const

/** Made again at every start, or valid only for the process that made it. */
const TEMPORARY =
  /^data\/(?:cache|door|backup-in-progress|restore-points)(?:\/|$)|^data\/(?:assistant\.lock|upgrade\.)|\.unfinished$|^plugins\/node_modules\/\.cache(?:\/|$)/
/** The log of a database belongs to its copy; it is not a file of its own. */
const DATABASE_LOG = /-(?:wal|shm|journal)$/
/** https://sqlite.org/fileformat.html#magic_header_string */
const SQLITE_MAGIC = 'SQLite format 3\0'

export interface HomeFile {
  /** Relative to the home, with `/`. */
  readonly path: string
  readonly kind: 'file' | 'database' | 'link'
}

export interface HomeContent {
  readonly files: readonly HomeFile[]
  /** What is left out although it is neither temporary nor made by Pluggram, with the reason. */
  readonly leftOut: readonly string[]
}

/** Lists what a backup of the home contains. */
export async function listHomeFiles(home: string): Promise<HomeContent> {
  const files: HomeFile[] = []
  const leftOut: string[] = []
  const shipped = new Set(shippedPlugins().map(({ directory }) => resolve(directory)))

  async function visit(path: string): Promise<void> {
    const full = join(home, path)
    if (TEMPORARY.test(path) || shipped.has(resolve(full))) return
    const found = await lstat(full).catch(ifMissing)
    if (!found) return
    if (found.isDirectory()) {
      for (const name of (await readdir(full)).toSorted()) await visit(`${path}/${name}`)
    } else if (found.isSymbolicLink()) {
      const target = await readlink(full)
      // an absolute one would lead to this home from wherever the backup is restored
      const isOwn = !isAbsolute(target) && isWithin(home, resolve(dirname(full), target))
      if (isOwn) files.push({ path, kind: 'link' })
      else leftOut.push(`${path}: a link that leads out of the home, to ${target}`)
    } else if (!found.isFile()) {
      leftOut.push(`${path}: neither a file nor a folder`)
    } else if (await isDatabase(full)) {
      files.push({ path, kind: 'database' })
    } else if (!(DATABASE_LOG.test(path) && (await isDatabase(full.replace(DATABASE_LOG, ''))))) {
      files.push({ path, kind: 'file' })
    }
  }

  for (const entry of HOME_ENTRIES) await visit(entry)
  return { files, leftOut }
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path
}

async function isDatabase(file: string): Promise<boolean> {
  const handle = await open(file).catch(ifMissing)
  if (!handle) return false
  try {
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(SQLITE_MAGIC.length),
      0,
      SQLITE_MAGIC.length,
      0,
    )
    return buffer.toString('latin1', 0, bytesRead) === SQLITE_MAGIC
  } finally {
    await handle.close()
  }
}

/** Files come and go while the assistant runs. */
function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
  return undefined
}
