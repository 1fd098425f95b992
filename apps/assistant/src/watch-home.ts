import { relative, sep } from 'node:path'
import { watch } from 'chokidar'

/** Changes within this time are treated as one. */
const QUIET_MS = 150
/** A file that is written constantly is still reloaded at this interval. */
const LONGEST_QUIET_MS = 1_000
/** Entries of the home that are configuration. Everything else there, above all data, is not. */
const WATCHED = new Set([
  'config.json',
  'plugins_config.json',
  '.env',
  'secrets.age',
  'secrets.key',
  'plugins',
  'node_modules',
])

export interface HomeWatchOptions {
  /**
   * When the files were read, in milliseconds since 1970: what changed later, until the first scan
   * ends, counts as a change too. With 0 the first scan always ends in a call.
   */
  readonly readAt: number
  /** Calls never overlap. */
  onChange(): Promise<void>
  /** Called when a folder cannot be watched, or with what `onChange` threw. */
  onError(error: unknown): void
}

export interface HomeWatch {
  /** Resolves when the first scan has ended. */
  readonly scanned: Promise<void>
  close(): Promise<void>
}

/** Calls `onChange` when a plugin's or a configuration file is written, moved or removed. */
export function watchHome(home: string, { readAt, onChange, onError }: HomeWatchOptions): HomeWatch {
  let timer: NodeJS.Timeout | undefined
  let firstAt = 0
  let working: Promise<void> = Promise.resolve()

  const scan = Promise.withResolvers<void>()
  let isScanning = true

  const watcher = watch(home, { alwaysStat: true, ignored: (path) => isIgnored(relative(home, path)) })
  watcher.on('error', onError)
  watcher.on('all', (_event, path, stats) => {
    if (!isScanning || (path !== home && stats !== undefined && stats.ctimeMs >= readAt)) schedule()
  })
  watcher.once('ready', () => {
    isScanning = false
    scan.resolve()
  })

  function schedule(): void {
    const now = Date.now()
    if (timer === undefined) firstAt = now
    clearTimeout(timer)
    timer = setTimeout(run, Math.min(QUIET_MS, Math.max(0, firstAt + LONGEST_QUIET_MS - now)))
  }

  function run(): void {
    timer = undefined
    working = working.then(onChange).catch(onError)
  }

  return {
    scanned: scan.promise,
    async close() {
      clearTimeout(timer)
      await watcher.close()
      scan.resolve()
      clearTimeout(timer)
      await working
    },
  }
}

/** Files of package managers and tools, and everything in the home that is not configuration. */
function isIgnored(path: string): boolean {
  const [first = '', ...below] = path.split(sep)
  if (first === '') return false
  if (!WATCHED.has(first)) return true
  return below.length > 0 && (first === 'node_modules' || below.some(isTool))
}

function isTool(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.')
}
