#!/usr/bin/env node
import module from 'node:module'
import { fileURLToPath } from 'node:url'

// Caches compiled modules without types on disk: later starts take half the time and less memory.
// If the folder is not writable, everything is compiled on each start.
module.enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/pluggram', import.meta.url)))
const { runCli } = await import('./cli/cli.ts')

process.exitCode = await runCli(process.argv.slice(2))
