#!/usr/bin/env node
import { keepCompiledCode } from '../bin/compiled-code.js'

// before anything else is imported
keepCompiledCode()
const { runCli } = await import('./cli/cli.ts')

process.exitCode = await runCli(process.argv.slice(2))
