#!/usr/bin/env node
import module from 'node:module'
import { fileURLToPath } from 'node:url'

// What is compiled and stripped of its types once is kept beside the modules: later starts take half the time and need no
// memory for that. Where the folder cannot be written, everything is compiled each time.
module.enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/pluggram', import.meta.url)))
const { runCli } = await import('./cli/cli.ts')

process.exitCode = await runCli(process.argv.slice(2))
