// Plain JavaScript for any Node since 16, like everything that runs before the pinned Node is in reach.
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const UNDECIDED = new Set(['switch', 'watch', 'undo'])
const own = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * The file of the release that `pluggram upgrade` chose for this home, in place of the same file of this release. Undefined
 * when this release is to run.
 * @param {string} file its path within a release
 * @returns {string | undefined}
 */
export function inCurrentRelease(file) {
  const { argv, env } = process
  const option = argv.indexOf('--home')
  const home = (option === -1 ? undefined : argv[option + 1]) ?? env.PLUGGRAM_HOME ?? '.'
  const releases = resolve(home, 'releases')
  const chosen = cutOffUpgrade(home)?.from ?? read(resolve(releases, 'current'))
  if (chosen === '' || resolve(releases, chosen) === resolve(own) || env.PLUGGRAM_RELEASE === 'own')
    return undefined
  const other = resolve(releases, chosen, file)
  if (existsSync(other)) return other
  console.error(`The release in ${resolve(releases, chosen)} is gone; this one starts in its place.`)
  return undefined
}

/**
 * An upgrade that was killed before it knew whether the new release works: until somebody decides, the release before runs.
 * @param {string} home
 * @returns {{ from: string } | undefined}
 */
function cutOffUpgrade(home) {
  try {
    const { step, pid, from } = JSON.parse(read(resolve(home, 'data/upgrade.json')))
    return UNDECIDED.has(step) && !isAlive(pid) && typeof from === 'string' ? { from } : undefined
  } catch {
    return undefined
  }
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}
