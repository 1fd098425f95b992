#!/usr/bin/env node
// Runs on any Node since 16: hands over to the Node that the installation pins when it is not that one.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const REQUIRED_MAJOR = 26
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR) {
  await import('../src/main.ts')
} else {
  const suffix = process.platform === 'win32' ? '.cmd' : ''
  const node = fileURLToPath(new URL(`../../../node_modules/.bin/node${suffix}`, import.meta.url))
  if (!existsSync(node)) {
    console.error(
      `Pluggram needs Node ${REQUIRED_MAJOR}; this is ${process.versions.node}, and the installation holds no other. Run "npm ci" again without --omit=optional.`,
    )
    process.exit(1)
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit', shell: suffix !== '' })
  // the terminal sends its signals to both; a program sends them only to this one
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}
