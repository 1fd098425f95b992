#!/usr/bin/env node
// Runs on any Node since 16: hands over to the pinned Node when it is not that one itself.
import { spawn } from 'node:child_process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { beginAnewOnceCompiled, keepCompiledCode } from './compiled-code.js'
import { clearBanner } from './clear-banner.js'
import { inCurrentRelease } from './current-release.js'
import { ALLOCATION, beginAnewWithHeapOptions, HEAP_OPTIONS } from './heap-options.js'
import { findPinnedNode, isRunningPinnedNode, missingNodeMessage } from './pinned-node.js'

clearBanner()
const pinned = findPinnedNode()
const chosen = inCurrentRelease('apps/assistant/bin/pluggram.js')
if (chosen !== undefined) {
  await import(pathToFileURL(chosen).href)
} else if (isRunningPinnedNode()) {
  // the other commands are over before any of it matters
  const isStart = process.argv.includes('start')
  if (isStart) beginAnewWithHeapOptions()
  keepCompiledCode()
  if (isStart) await beginAnewOnceCompiled()
  const { runCli } = await import('../src/cli/cli.ts')
  process.exitCode = await runCli(process.argv.slice(2))
} else if (pinned === undefined) {
  console.error(missingNodeMessage())
  process.exitCode = 1
} else {
  // so that npm scripts find it next time
  await import('./link-node.js')
  const self = fileURLToPath(import.meta.url)
  const child = spawn(pinned, [...HEAP_OPTIONS, self, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...ALLOCATION, ...process.env },
  })
  // the terminal sends its signals to both; a program sends them only to this one
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}
