import { accessSync, constants } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Caches compiled modules without types on disk: later starts take half the time. It begins before the first TypeScript file is
 * read, so that what removes types, 12 MB of WebAssembly, is not even loaded. If the folder is not writable, everything is compiled
 * on each start.
 */
export function keepCompiledCode() {
  module.enableCompileCache?.(
    fileURLToPath(new URL('../../../node_modules/.cache/pluggram', import.meta.url)),
  )
}

/** Set for the process that follows, so that it does not begin again once more. */
const AGAIN = 'PLUGGRAM_IS_COMPILED'

/**
 * The first start after an installation or an update removes types, and what does that keeps 14 MB for good. So it only
 * compiles, and begins again as the same process; that takes half a second more, once. Windows has no way to begin again.
 */
export async function beginAnewOnceCompiled() {
  const isAgain = process.env[AGAIN] !== undefined
  delete process.env[AGAIN]
  const folder = module.getCompileCacheDir?.()
  if (isAgain || folder === undefined || process.platform === 'win32' || !process.execve) return
  for (const file of ['cli', 'load-commands', 'describe-failure', 'commands/start', 'start-command'])
    await import(`../src/cli/${file}.ts`)
  if (!process.moduleLoadList.some((name) => name.includes('deps/amaro')) || !isWritable(folder)) return
  const { DEFAULT_PLUGINS } = await import('@pluggram/config')
  for (const name of DEFAULT_PLUGINS) await import(`../../../plugins/${name}/src/index.ts`)
  module.flushCompileCache?.()
  const { execArgv, execPath, argv, env } = process
  process.execve(execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...env, [AGAIN]: '1' })
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
