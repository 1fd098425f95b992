#!/usr/bin/env node
// Runs on any Node since 16: hands over to the pinned Node when it is not that one itself.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { keepCompiledCode } from './compiled-code.js'
import { clearBanner } from './clear-banner.js'
import { ALLOCATION, beginAnewWithHeapOptions, HEAP_OPTIONS } from './heap-options.js'
import { findPinnedNode, isRunningPinnedNode, missingNodeMessage } from './pinned-node.js'

clearBanner()
const pinned = findPinnedNode()
if (isRunningPinnedNode()) {
  // the other commands are over before any of it matters
  if (process.argv.includes('start')) beginAnewWithHeapOptions()
  keepCompiledCode()
  await import('../src/main.ts')
} else if (pinned === undefined) {
  console.error(missingNodeMessage())
  process.exitCode = 1
} else {
  // so that npm scripts find it next time
  await import('./link-node.js')
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const child = spawn(pinned, [...HEAP_OPTIONS, main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...ALLOCATION, ...process.env },
  })
  // the terminal sends its signals to both; a program sends them only to this one
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}
