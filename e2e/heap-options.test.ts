import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { HEAP_OPTIONS } from '../apps/assistant/bin/heap-options.js'
import { findFreePort } from './support/free-port.ts'
import { createHome, removeHomes } from './support/home.ts'
import { ROOT, startProgram, stopAllPrograms } from './support/program.ts'

afterEach(async () => {
  await stopAllPrograms()
  await removeHomes()
})

test.skipIf(!existsSync('/proc/self/cmdline'))(
  'npx pluggram start runs Node with the options of npm start, and ends when it is told to',
  async () => {
    const environment = { PLUGGRAM_HOME: await createHome(), PORT: String(await findFreePort()) }
    const program = startProgram('apps/assistant/bin/pluggram.js', ['start'], { environment })
    await program.waitFor(/ready in/)
    const words = readFileSync(`/proc/${program.pid}/cmdline`, 'utf8').split('\0')
    expect(words).toEqual(expect.arrayContaining([...HEAP_OPTIONS, 'start']))
    expect(await program.stop('SIGTERM')).toBe(0)
  },
)

const hasNpm = process.platform !== 'win32' && spawnSync('npm', ['--version']).status === 0

test.runIf(hasNpm)('what ends npm start ends the assistant, cleanly', async () => {
  const npm = spawn('npm', ['start'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PLUGGRAM_HOME: await createHome(),
      PORT: String(await findFreePort()),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  npm.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = once(npm.stdout, 'end')
  await expect.poll(() => output).toMatch(/ready in/)
  npm.kill('SIGTERM')
  // the assistant holds the other end of the pipe until it has ended
  await ended
  expect(output).toMatch(/stopping \(SIGTERM\)[^]*stopped/)
})
