// Puts the pinned Node where npm scripts find it first. Recent npm does that by itself; older ones drop the link,
// because several optional packages (one for each platform) bring a command of that name.
import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { findPinnedNode, isRunningPinnedNode, missingNodeMessage, modulesFolder } from './pinned-node.js'

const binaries = join(modulesFolder, '.bin')
const isWindows = process.platform === 'win32'
const link = join(binaries, isWindows ? 'node.cmd' : 'node')
const pinned = findPinnedNode()

if (pinned !== undefined && !existsSync(link)) {
  mkdirSync(binaries, { recursive: true })
  const target = relative(binaries, pinned)
  if (isWindows) writeFileSync(link, `@"%~dp0${target}" %*\r\n`)
  else {
    // a link that leads nowhere is none
    if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link)
    symlinkSync(target, link)
  }
} else if (pinned === undefined && !isRunningPinnedNode()) {
  console.error(missingNodeMessage())
  process.exitCode = 1
}
